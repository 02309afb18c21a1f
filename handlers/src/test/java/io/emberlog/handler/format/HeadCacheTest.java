package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadCacheTest {
    private static final int RECORDS = 3_000;
    private static final String[] TEXTS = {"", "a", "b", "com.acme.Orders", "line\nfeed", "\u202e", "x".repeat(1_100)};

    private final List<WorkerIdentity> workers = new ArrayList<>();

    /** What a format has seen before must not show. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20261128})
    void aFormatThatHasSeenManyRecordsFormatsThemAsOneThatHasSeenNone(long seed) {
        for (Supplier<Format> formats : List.<Supplier<Format>>of(
                () -> new HumanFormat(ZoneOffset.UTC),
                () -> HumanFormat.forTerminal(ZoneOffset.UTC, true),
                JsonFormat::new,
                EcsFormat::new,
                OtelFormat::new,
                SyslogFormat::new)) {
            Random random = new Random(seed);
            for (int i = 0; i < 3; i++) {
                workers.add(
                        new WorkerIdentity(UUID.randomUUID(), "w" + i % 2, i, 0, "", "", "", "host", "process", ""));
            }
            Format old = formats.get();
            for (int i = 0; i < RECORDS; i++) {
                LogRecord record = record(random, i);
                assertThat(text(old, record)).isEqualTo(text(formats.get(), record));
            }
        }
    }

    private LogRecord record(Random random, int number) {
        LogRecord record = Records.record(number, 1 + random.nextInt(3), encoder -> {
            encoder.text(LOGGER, some(random));
            encoder.text(THREAD_NAME, some(random));
            if (random.nextInt(10) > 0) {
                encoder.text(TEMPLATE, "text " + "t".repeat(random.nextInt(3)));
            }
            if (random.nextInt(10) == 0) {
                encoder.text(LEVEL_NAME, some(random));
            }
            if (random.nextInt(10) == 0) {
                encoder.caller("A.java", null, random.nextInt(2), "f");
            }
            if (random.nextInt(10) == 0) {
                encoder.text(MODULE, some(random));
            }
        });
        EntryDecoder entry = record.entry();
        record.wrap(workers.get(random.nextInt(workers.size())), record.position(), record.index(), number, entry);
        return record;
    }

    private static String some(Random random) {
        int which = random.nextInt(TEXTS.length + 2);
        return which < TEXTS.length ? TEXTS[which] : null;
    }

    private static String text(Format format, LogRecord record) {
        Utf8Buffer out = new Utf8Buffer(16);
        format.format(record, out);
        return out.toString();
    }
}

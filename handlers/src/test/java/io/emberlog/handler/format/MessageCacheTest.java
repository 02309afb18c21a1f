package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.ValueCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MessageCacheTest {
    private static final String[] PIECES = {
        "{}", "\\", "{", "}", "order", " ü ", "\"", "\n", "\\{}", "\\\\{}", "x".repeat(70)
    };
    private static final Object[] VALUES = {null, true, -1L, Long.MIN_VALUE, 1.5, 1e100, 2.5f, "text {} \n \"", ""};
    private static final int TEMPLATES = 300;
    private static final int RECORDS = 30_000;

    /** More templates than places, some in runs, each with one to four arguments. */
    @ParameterizedTest
    @EnumSource(Escaper.class)
    void aTemplateThatWasMetBeforeIsRenderedAsIfItWasNot(Escaper escaper) {
        Random random = new Random(4);
        List<String> templates = new ArrayList<>();
        for (int i = 0; i < TEMPLATES; i++) {
            StringBuilder template = new StringBuilder();
            for (int j = random.nextInt(8); j >= 0; j--) {
                template.append(PIECES[random.nextInt(PIECES.length)]);
            }
            templates.add(template.toString());
        }
        MessageCache cache = new MessageCache(escaper);
        String template = "";
        for (int i = 0; i < RECORDS; i++) {
            if (random.nextInt(3) == 0) {
                template = templates.get(random.nextInt(TEMPLATES));
            }
            Object[] args = new Object[random.nextInt(20) == 0 ? 20 : random.nextInt(5)];
            for (int j = 0; j < args.length; j++) {
                args[j] = VALUES[random.nextInt(VALUES.length)];
            }
            LogRecord record = Records.template(template, args);
            Utf8Buffer expected = new Utf8Buffer(16);
            expected.append("before ");
            MessageRenderer.render(record.entry(), escaper, expected);
            Utf8Buffer actual = new Utf8Buffer(16);
            actual.append("before ");
            cache.append(record.entry(), actual);
            assertThat(actual.toString())
                    .as("record %d, template %s", i, template)
                    .isEqualTo(expected.toString());
            checkTemplate(cache, record, escaper);
            checkArgsShown(cache, record, escaper, actual);
        }
    }

    private static void checkTemplate(MessageCache cache, LogRecord record, Escaper escaper) {
        Utf8Buffer expected = new Utf8Buffer(16);
        SectionText.append(record.entry(), TEMPLATE, escaper, expected);
        Utf8Buffer actual = new Utf8Buffer(16);
        cache.appendTemplate(record.entry(), actual);
        assertThat(actual.toString()).isEqualTo(expected.toString());
    }

    private static void checkArgsShown(MessageCache cache, LogRecord record, Escaper escaper, Utf8Buffer message) {
        ValueCursor args = record.entry().args();
        for (int arg = 0; arg < cache.argsShown(); arg++) {
            args.next();
            Utf8Buffer expected = new Utf8Buffer(16);
            MessageRenderer.appendValue(args, escaper, expected);
            int start = message.length();
            cache.copyArg(arg, message);
            assertThat(message.toString()
                            .substring(message.toString().length()
                                    - expected.toString().length()))
                    .isEqualTo(expected.toString());
            assertThat(message.length() - start).isEqualTo(expected.length());
        }
    }

    /** Each line by a format that has met the templates before, and by one that has not. */
    @Test
    void jsonIsTheSameWhetherATemplateWasMetBeforeOrNot() {
        Random random = new Random(5);
        JsonFormat met = new JsonFormat();
        for (int i = 0; i < 3_000; i++) {
            Object[] args = new Object[random.nextInt(5)];
            for (int j = 0; j < args.length; j++) {
                args[j] = random.nextInt(5) == 0 ? Double.NaN : VALUES[random.nextInt(VALUES.length)];
            }
            LogRecord record = i % 10 == 9 ? withoutTemplate() : Records.template("of \"{}\" at {} and {}", args);
            Utf8Buffer expected = new Utf8Buffer(16);
            new JsonFormat().format(record, expected);
            Utf8Buffer actual = new Utf8Buffer(16);
            met.format(record, actual);
            assertThat(actual.toString()).isEqualTo(expected.toString());
        }
    }

    private static LogRecord withoutTemplate() {
        return Records.record(0, 9, encoder -> {
            encoder.beginArgs();
            encoder.addLong(42);
            encoder.addString("only");
            encoder.endArgs();
        });
    }
}

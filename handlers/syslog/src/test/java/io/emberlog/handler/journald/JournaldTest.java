package io.emberlog.handler.journald;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.peers.Journald;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the real journald keeps of what we send, read back by journalctl. Each test has an identifier of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JournaldTest {
    private Journald journald;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        journald = new Journald(directory);
        journald.start();
    }

    @AfterAll
    void stop() {
        if (journald != null) {
            journald.close();
        }
    }

    private Handler handler(String identifier, String... more) {
        Map<String, Object> given =
                new HashMap<>(Map.of("path", journald.socket(), "identifier", identifier, "timeout", "5 s"));
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        JournaldHandlerFactory factory = new JournaldHandlerFactory();
        return factory.create(HandlerSettings.of("test", factory.settings(), given));
    }

    private List<Map<String, Object>> deliver(String identifier, LogRecord... records) throws Exception {
        ModelCaller caller = new ModelCaller(1000, 1000);
        caller.run(handler(identifier), List.of(records));
        assertThat(caller.putAside()).isEmpty();
        return await(identifier, records.length);
    }

    private List<Map<String, Object>> await(String identifier, int count) throws Exception {
        Awaitility.await()
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> of(identifier).size() >= count);
        return of(identifier);
    }

    private List<Map<String, Object>> of(String identifier) throws Exception {
        return journald.entries("SYSLOG_IDENTIFIER=" + identifier);
    }

    @Test
    void everythingARecordHasIsAField() throws Exception {
        Map<String, Object> entry = deliver("full", Records.full()).get(0);
        assertThat(entry)
                .containsEntry("PRIORITY", "3")
                .containsEntry("SYSLOG_FACILITY", "1")
                .containsEntry("SYSLOG_PID", "4711")
                .containsEntry("CODE_FILE", "src/Orders.java")
                .containsEntry("CODE_LINE", "42")
                .containsEntry("CODE_FUNC", "fill")
                .containsEntry("TID", "17")
                .containsEntry("EMBERLOG_LEVEL", "OUTAGE")
                .containsEntry("EMBERLOG_LOGGER", "com.acme.Orders")
                .containsEntry("EMBERLOG_THREAD", "main")
                .containsEntry("EMBERLOG_MODULE", "orders")
                .containsEntry("EMBERLOG_MARKER", "FILL")
                .containsEntry("EMBERLOG_TEMPLATE", "order {} filled at {} for {}")
                .containsEntry("EMBERLOG_TRACE_ID", "4bf92f3577b34da6a3ce929d0e0e4736")
                .containsEntry("EMBERLOG_SPAN_ID", "00f067aa0ba902b7")
                .containsEntry("EMBERLOG_EXCEPTION", "java.io.IOException")
                .containsEntry("EMBERLOG_BYTES", List.of("1", "2", "255"))
                .containsEntry("EMBERLOG_WORKER", "md-1")
                .containsEntry("EMBERLOG_PROCESS", "MarketData")
                .containsEntry("EMBERLOG_SERVICE", "pricing")
                .containsEntry("EMBERLOG_HOST", "myhost")
                .containsEntry("EMBERLOG_SEQ", "7")
                .containsEntry("EMBERLOG_ID", "00112233-4455-6677-8899-aabbccddeeff:4992:0")
                .containsEntry("EMBERLOG_TIMESTAMP", "2026-01-15T10:30:45.130456789Z")
                .containsEntry("VENUE", "XETRA")
                .containsEntry("NOTE", "two words")
                .containsEntry("SPREAD", "NaN")
                .containsEntry("MDC_USER", "ada")
                .doesNotContainKey("MESSAGE_ID");
        assertThat((String) entry.get("MESSAGE"))
                .startsWith(
                        "order 42 filled at 101.25 for ada \"a\"\njava.io.IOException: gone\n    at com.acme.Orders.fill")
                .contains("\nCaused by: java.net.SocketException: reset");
    }

    @Test
    void linesAndOtherScriptsStayAndControlCharactersAreShown() throws Exception {
        List<Map<String, Object>> entries = deliver(
                "hostile",
                Records.plain(0, "two\nlines\tand \u6f22\u5b57 \ud83d\ude00"),
                Records.plain(1, "escape \u001b[31m nul \0 \u202e"),
                Records.plain(2, "x\nPRIORITY=0\nMESSAGE=forged"),
                Records.plain(3, ""));
        assertThat(entries)
                .extracting(entry -> entry.get("MESSAGE"))
                .containsExactly(
                        "two\nlines\tand \u6f22\u5b57 \ud83d\ude00",
                        "escape \\u001b[31m nul \\u0000 \\u202e",
                        "x\nPRIORITY=0\nMESSAGE=forged",
                        "");
        assertThat(entries).extracting(entry -> entry.get("PRIORITY")).containsOnly("6");
    }

    @Test
    void noKeyOfAWorkersCanForgeAField() throws Exception {
        LogRecord record = Records.record(0, 9, encoder -> {
            encoder.text(TEMPLATE, "keys");
            encoder.beginPairs(FIELDS);
            for (String key : List.of(
                    "priority",
                    "_PID",
                    "1st",
                    "",
                    "caf\u00e9 au lait",
                    "message",
                    "emberlog_id",
                    "k".repeat(80),
                    "a=b\nMESSAGE")) {
                encoder.key(key);
                encoder.putNullable("v\n" + key.length());
                encoder.endPair();
            }
            encoder.endPairs();
        });
        assertThat(deliver("keys", record).get(0))
                .containsEntry("PRIORITY", "6")
                .containsEntry("MESSAGE", "keys")
                .containsEntry("FIELD_PRIORITY", "v\n8")
                .containsEntry("FIELD__PID", "v\n4")
                .containsEntry("FIELD_1ST", "v\n3")
                .containsEntry("FIELD_", "v\n0")
                .containsEntry("CAF__AU_LAIT", "v\n12")
                .containsEntry("FIELD_MESSAGE", "v\n7")
                .containsEntry("FIELD_EMBERLOG_ID", "v\n11")
                .containsEntry("A_B_MESSAGE", "v\n11")
                .containsKey("K".repeat(64));
    }

    @Test
    void anEntryLongerThanADatagramIsPassedAsMemory() throws Exception {
        String text = "0123456789abcdef".repeat(1 << 16);
        List<Map<String, Object>> entries =
                deliver("long", Records.plain(0, "before"), Records.plain(1, text), Records.plain(2, "after"));
        assertThat(entries).extracting(entry -> entry.get("MESSAGE")).containsExactly("before", text, "after");
    }

    @Test
    void moreFieldsThanJournaldTakesAreCutAndCounted() throws Exception {
        LogRecord record = Records.record(0, 9, encoder -> {
            encoder.text(TEMPLATE, "many");
            encoder.beginPairs(FIELDS);
            for (int i = 0; i < 2000; i++) {
                encoder.key("key" + i);
                encoder.putLong(i);
                encoder.endPair();
            }
            encoder.endPairs();
            encoder.beginPairs(MDC);
            encoder.key("user");
            encoder.putNullable("ada");
            encoder.endPair();
            encoder.endPairs();
        });
        assertThat(deliver("many", record).get(0))
                .containsEntry("KEY0", "0")
                .containsEntry("KEY899", "899")
                .doesNotContainKey("KEY900")
                .containsEntry("EMBERLOG_OMITTED_FIELDS", "1101");
    }

    @Test
    void theSameTemplateHasTheSameMessageId() throws Exception {
        ModelCaller caller = new ModelCaller(1000, 1000);
        caller.run(
                handler("ids", "message_id", "template"),
                List.of(
                        Records.template("order {} filled", 1L),
                        Records.template("order {} filled", 2L),
                        Records.template("order {} refused", 3L)));
        List<Map<String, Object>> entries = await("ids", 3);
        assertThat(entries.get(0).get("MESSAGE_ID")).asString().matches("[0-9a-f]{32}");
        assertThat(entries.get(1).get("MESSAGE_ID")).isEqualTo(entries.get(0).get("MESSAGE_ID"));
        assertThat(entries.get(2).get("MESSAGE_ID")).isNotEqualTo(entries.get(0).get("MESSAGE_ID"));
    }

    @Test
    void aJournaldThatIsStartedAgainGetsAll() throws Exception {
        List<LogRecord> records = IntStream.range(0, 60)
                .mapToObj(i -> Records.plain(i, "record " + i))
                .toList();
        try (Handler handler = handler("restart")) {
            ModelCaller caller = new ModelCaller(1000, 1000);
            handler.open(caller);
            give(handler, records.subList(0, 30));
            await("restart", 30);
            journald.stop();
            assertThatThrownBy(() -> give(handler, records.subList(30, 60))).isInstanceOf(IOException.class);
            journald.start();
            caller.advance(1_000_000_000L);
            handler.flush();
        }
        assertThat(await("restart", 60))
                .extracting(entry -> entry.get("MESSAGE"))
                .containsExactlyElementsOf(
                        IntStream.range(0, 60).mapToObj(i -> "record " + i).toList());
    }

    private static void give(Handler handler, List<LogRecord> records) throws Exception {
        for (LogRecord record : records) {
            handler.handle(record);
        }
        handler.flush();
    }
}

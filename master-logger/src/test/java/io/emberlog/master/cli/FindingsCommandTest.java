package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.drain.LossEvent;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.replay.TestEvidence;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.DropReason;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code errors} and {@code loss}. */
class FindingsCommandTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path temp;

    private TestEvidence evidence;
    private final CommandLineRun command = CommandLineRun.piped();

    @BeforeEach
    void start() throws IOException {
        evidence = new TestEvidence(temp);
        Files.createDirectories(evidence.state());
    }

    @AfterEach
    void stop() {
        evidence.close();
    }

    private int errors(Object... more) {
        return run(List.of("errors", "--state", evidence.state()), more);
    }

    private int loss(Object... more) {
        return run(List.of("loss", "--state", evidence.state(), "--channel", evidence.channel()), more);
    }

    private int run(List<Object> first, Object... more) {
        Object[] words = java.util.stream.Stream.concat(first.stream(), java.util.Arrays.stream(more))
                .toArray();
        return command.run(words);
    }

    private void fail(RingFile ring, long second, String logger, long order, String exception, String frame) {
        evidence.log(ring, 17, second * SECOND, entry -> {
            entry.text(MessageDescriptor.LOGGER, logger);
            entry.text(MessageDescriptor.TEMPLATE, "order {} not filled");
            entry.beginArgs();
            entry.addLong(order);
            entry.endArgs();
            if (exception != null) {
                entry.beginException();
                entry.beginThrowable(MessageDescriptor.ROOT, 0, exception, "no price for " + order);
                entry.frame(frame);
                entry.endThrowable(0);
                entry.endException();
            }
        });
    }

    @Test
    void errorsAreGroupedByTemplateLoggerExceptionAndTopFrame() throws Exception {
        RingFile one = evidence.ring("md-1");
        RingFile two = evidence.ring("md-2");
        for (int i = 0; i < 5; i++) {
            fail(i % 2 == 0 ? one : two, 10 + i, "com.acme.Orders", i, "java.io.IOException", "a.B.c(B.java:1)");
        }
        fail(one, 20, "com.acme.Orders", 6, "java.io.IOException", "a.B.d(B.java:9)");
        fail(one, 21, "com.acme.Orders", 7, "java.lang.Error", "a.B.c(B.java:1)");
        fail(one, 22, "com.acme.Other", 8, "java.io.IOException", "a.B.c(B.java:1)");
        fail(one, 23, "com.acme.Orders", 9, null, null);
        evidence.log(one, 18, 30 * SECOND, "", "limit 17 of 20 reached");
        evidence.log(one, 21, 31 * SECOND, "", "limit 9 of 1000 reached");
        evidence.log(one, 13, 32 * SECOND, "com.acme.Orders", "only a warning");
        evidence.drain(one, true);
        evidence.drain(two, true);
        evidence.closeJournal();

        assertThat(errors()).isZero();

        assertThat(command.lines().subList(0, 8))
                .containsExactly(
                        "5 x ERROR  order {} not filled",
                        "    java.io.IOException at a.B.c(B.java:1)",
                        "    1970-01-01T00:00:10Z to 1970-01-01T00:00:14Z, logger com.acme.Orders, workers md-1, md-2",
                        "    last: order 3 not filled",
                        "2 x EMERGENCY  limit # of # reached",
                        "    1970-01-01T00:00:30Z to 1970-01-01T00:00:31Z, worker md-1",
                        "    last: limit 9 of 1000 reached",
                        "1 x ERROR  order {} not filled");
        assertThat(command.lines()).last().isEqualTo("11 records, 6 distinct causes");

        errors("--json", "-n", 1);
        assertThat(command.out())
                .startsWith(
                        "{\"records\":11,\"causes_total\":6,\"records_of_further_causes\":0,\"causes\":[{\"count\":5,"
                                + "\"level\":\"ERROR\",\"severity\":17,\"template\":\"order {} not filled\",\"logger\":"
                                + "\"com.acme.Orders\",\"exception\":\"java.io.IOException\",\"frame\":\"a.B.c(B.java:1)\","
                                + "\"first\":\"1970-01-01T00:00:10Z\",\"last\":\"1970-01-01T00:00:14Z\",\"workers\":[\"md-1\","
                                + "\"md-2\"],\"more_workers\":false,\"example\":\"order 3 not filled\",\"example_id\":\"");
        errors("--level", "warn", "--worker", "md-1", "--since", "1970-01-01T00:00:32Z");
        assertThat(command.lines()).first().isEqualTo("1 x WARN  only a warning");
        errors("--since", "1 h");
        assertThat(command.out()).isEqualTo("no records\n");
    }

    @Test
    void nothingInAnErrorCanCommandTheTerminal() throws Exception {
        RingFile ring = evidence.ring("evil\u001b[2J");
        fail(ring, 1, "\u001b]0;x\u0007", 1, "\u001bc\r", "\u009b2J\u202e");
        evidence.dropReport(ring, SECOND, DropReason.RING_FULL, 9, 5, 5);
        evidence.drain(ring, true);
        for (String json : new String[] {"--json", "--limit=0"}) {
            errors(json);
            assertThat(command.out().codePoints().filter(c -> c != '\n'))
                    .noneMatch(c -> Character.isISOControl(c) || c == 0x202E);
        }
        loss();
        assertThat(command.out().codePoints().filter(c -> c != '\n')).noneMatch(Character::isISOControl);
        loss("--json");
        assertThat(command.out().codePoints().filter(c -> c != '\n')).noneMatch(Character::isISOControl);
    }

    @Test
    void withoutAJournalThereAreNoErrorsToShowAndNothingIsLost() {
        assertThat(errors()).isEqualTo(4);
        assertThat(command.err()).contains("there is no journal yet");
        assertThat(errors("-n", -1)).isEqualTo(2);
        assertThat(loss()).isZero();
        assertThat(command.out()).isEqualTo("nothing was lost\n");
        assertThat(loss("--json")).isZero();
        assertThat(command.out()).isEqualTo("{\"losses\":[]}\n");
        assertThat(loss("--since", "soon")).isEqualTo(2);
    }

    /** Each place tells totals of the ring's life: what one told is not counted again. */
    @Test
    void dropsAreCountedOnceThoughReportsHeaderAndTheRingsEndAllTellThem() throws Exception {
        RingFile living = evidence.livingRing("md-1");
        evidence.dropReport(living, 5 * SECOND, DropReason.RING_FULL, 9, 10, 30); // 20 were told in deleted documents
        evidence.dropReport(living, 8 * SECOND, DropReason.RING_FULL, 9, 4, 34);
        evidence.drain(living, true);
        living.header().addDropped(DropReason.RING_FULL.code(), 9, 40);
        living.header().addDropped(DropReason.REFUSED.code(), 17, 1);
        RingFile gone = evidence.ring("md-2");
        evidence.dropReport(gone, 6 * SECOND, DropReason.BLOCK_TIMEOUT, 17, 2, 2);
        evidence.drain(gone, true);
        event(
                7,
                MasterEvents.WORKER_LOGGER,
                Map.of(
                        "event", "dead",
                        "worker", "md-2",
                        "ring", gone.identity().ringUuid().toString(),
                        "dropped_by_level", "3 ERROR (block timeout), 7 INFO (ring full)"));
        Files.delete(gone.path());

        assertThat(loss()).isEqualTo(1);

        assertThat(rows())
                .contains(
                        "dropped|md-1|40|INFO, ring full",
                        "dropped|md-1|1|ERROR, refused",
                        "dropped|md-2|7|INFO, ring full",
                        "dropped|md-2|3|ERROR, block timeout")
                .hasSize(4);
        assertThat(command.lines()).last().isEqualTo("51 records dropped");
        assertThat(command.lines().get(1)).contains("1970-01-01T00:00:05Z");

        loss("--since", "1970-01-01T00:00:06.500Z");
        assertThat(rows())
                .containsExactlyInAnyOrder(
                        "dropped|md-1|10|INFO, ring full",
                        "dropped|md-1|1|ERROR, refused",
                        "dropped|md-2|7|INFO, ring full",
                        "dropped|md-2|1|ERROR, block timeout");
    }

    @Test
    void everythingElseThatDidNotArriveIsThereToo() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, SECOND, "a");
        evidence.drain(ring, true);
        evidence.end(ring, 2, 1);
        evidence.skipNumbers(5);
        event(20, MasterEvents.MASTER_LOGGER, handlerLoss(LossEvent.RETENTION, "slow", 100, 149));
        event(21, MasterEvents.MASTER_LOGGER, handlerLoss(LossEvent.RETENTION, "slow", 150, 199));
        event(22, "emberlog.handler.slow", handlerLoss(LossEvent.GAP, "slow", 90, 199));
        event(23, "com.acme.Liar", handlerLoss(LossEvent.GAP, "file", 0, 1_000_000));
        event(
                24,
                MasterEvents.WORKER_LOGGER,
                Map.of("event", "quarantined", "worker", "md-9", "file", "/x/md-9.ring.quarantined"));
        Files.write(evidence.channel().resolve("md-9.ring.quarantined"), new byte[10]);
        Files.write(evidence.channel().resolve("md-8.ring.quarantined"), new byte[10]);
        evidence.closeJournal();
        evidence.checkpoint("behind", 0);
        Path letters = Files.createDirectories(evidence.state().resolve("dead-letters"));
        Files.writeString(
                letters.resolve("discord.jsonl"),
                "{\"id\":\"x\",\"sequence\":1,\"timestamp_ns\":5000000000,\"reason\":\"HTTP 400 for 1\",\"worker\":\"w\"}\n"
                        + "{\"id\":\"y\",\"sequence\":2,\"timestamp_ns\":6000000000,\"reason\":\"HTTP 400 for 2\"}\n"
                        + "{\"id\":\"cut");

        assertThat(loss()).isEqualTo(1);

        assertThat(rows())
                .containsExactlyInAnyOrder(
                        "unfinished|md-1|2|torn: sized, not committed",
                        "unfinished|md-1|1|hole: claimed, not sized",
                        "quarantined|md-9|1|",
                        "quarantined|md-8.ring.quarantined|1|the journal does not say why",
                        "not delivered|slow|100|deleted by journal.max_size",
                        "not delivered|slow|10|not in the journal when it came to them",
                        "rejected|discord|2|HTTP # for #",
                        "rejected|discord|1|unknown",
                        "missing|journal|5|the numbers do not follow on");
        assertThat(command.lines())
                .last()
                .isEqualTo("3 calls unfinished, 2 rings quarantined, 110 records not delivered, 3 records rejected,"
                        + " 5 records missing");
        loss("--json");
        assertThat(command.out())
                .contains(
                        "{\"kind\":\"not_delivered\",\"who\":\"slow\",\"cause\":\"deleted by journal.max_size\",\"count\":100,"
                                + "\"unit\":\"record\",\"first\":\"1970-01-01T00:00:20Z\",\"last\":\"1970-01-01T00:00:21Z\"}");
    }

    @Test
    void whatWasDeletedBeforeAHandlerThatHasNotComeBackCountsByItsCheckpoint() throws Exception {
        evidence.skipNumbers(60);
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, SECOND, "a");
        evidence.drain(ring, true);
        evidence.checkpoint("away", 40);

        assertThat(loss()).isEqualTo(1);
        assertThat(rows()).containsExactly("not delivered|away|20|deleted before it came to them");
    }

    private static Map<String, Object> handlerLoss(String event, String handler, long first, long last) {
        return Map.of(
                LossEvent.EVENT_KEY, event,
                LossEvent.HANDLER_KEY, handler,
                LossEvent.FIRST_KEY, first,
                LossEvent.LAST_KEY, last);
    }

    /** A record as the master makes them; its ring is one of a name like the master's. */
    private void event(long second, String logger, Map<String, ?> fields) throws Exception {
        RingFile master = evidence.ring("emberlog-master");
        evidence.log(master, 17, second * SECOND, entry -> {
            entry.text(MessageDescriptor.LOGGER, logger);
            entry.text(MessageDescriptor.TEMPLATE, "something happened");
            pairs(entry, fields);
        });
        evidence.drain(master, true);
        Files.delete(master.path());
    }

    private static void pairs(BatchEncoder entry, Map<String, ?> fields) {
        entry.beginPairs(MessageDescriptor.FIELDS);
        fields.forEach((key, value) -> {
            entry.key(key);
            if (value instanceof Long number) {
                entry.putLong(number);
            } else {
                entry.putNullable((String) value);
            }
            entry.endPair();
        });
        entry.endPairs();
    }

    /** Of the table: kind, who, count, cause. */
    private List<String> rows() {
        List<String> lines = command.lines();
        return lines.subList(1, lines.size() - 1).stream()
                .map(line -> line.split(" {2,}", -1))
                .map(cells ->
                        cells[0] + '|' + cells[1] + '|' + cells[2].strip() + '|' + (cells.length > 5 ? cells[5] : ""))
                .toList();
    }
}

package io.emberlog.samples.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.samples.judge.Acknowledgements.Account;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The judge is only worth its word if it sees each fault: here each is made by hand. */
class JudgeTest {
    private static final String WORKER = "alpha";
    private static final long SEED = 7;

    @TempDir
    Path directory;

    private Path output;
    private Acknowledgements acknowledgements;
    private final List<Map<String, Object>> records = new ArrayList<>();

    @BeforeEach
    void twoThreadsAreAcknowledgedFiveMessagesEach() throws IOException {
        output = directory.resolve("out.json");
        acknowledgements = Acknowledgements.create(directory.resolve("alpha.acks"), WORKER, 2, 100, SEED);
        for (int thread = 0; thread < 2; thread++) {
            Account account = acknowledgements.account(thread);
            for (int i = 0; i < 5; i++) {
                long sequence = account.issue();
                account.acknowledged(sequence, severity(thread, sequence), text(thread, sequence));
                records.add(message(thread, sequence));
            }
        }
    }

    @Test
    void anOutputWithEachAcknowledgedMessageOnceIsClean() throws IOException {
        Verdict verdict = judge();
        assertThat(verdict.isClean()).isTrue();
        assertThat(alpha(verdict).delivered()).isEqualTo(10);
        assertThat(alpha(verdict).columns()).containsEntry("acknowledged", 10L).containsEntry("lost", 0L);
    }

    @Test
    void aMissingMessageIsLost() throws IOException {
        records.remove(3);
        assertThat(alpha(guilty()).lost()).isEqualTo(1);
    }

    @Test
    void aMissingMessageThatWasReportedSyncedIsLostInSpiteOfIt() throws IOException {
        acknowledgements.account(0).synced(3);
        records.remove(3);
        assertThat(alpha(guilty()).columns())
                .containsEntry("synced", 3L)
                .containsEntry("lost", 1L)
                .containsEntry("lost_synced", 0L);
        records.remove(2);
        assertThat(alpha(guilty()).columns()).containsEntry("lost", 2L).containsEntry("lost_synced", 1L);
    }

    @Test
    void aMessageThatIsThereTwiceIsDoubled() throws IOException {
        records.add(4, records.get(3));
        assertThat(alpha(guilty()).doubled()).isEqualTo(1);
    }

    @Test
    void aMessageWithAnotherCharIsAltered() throws IOException {
        records.get(3).compute("message", (key, text) -> text + "x");
        Verdict verdict = guilty();
        assertThat(alpha(verdict).altered()).isEqualTo(1);
        assertThat(alpha(verdict).lost()).isEqualTo(1);
    }

    @Test
    void aMessageUnderAnotherLevelThreadOrWorkerIsAltered() throws IOException {
        records.get(1).put("severity", 21L);
        records.get(2).put("thread", "main");
        records.get(3).put("worker", "bravo");
        assertThat(alpha(guilty()).altered()).isEqualTo(3);
    }

    @Test
    void aMessageThatWasNeverIssuedIsInvented() throws IOException {
        records.add(message(1, 5));
        assertThat(alpha(guilty()).invented()).isEqualTo(1);
    }

    @Test
    void aMessageThatLooksLikeNobodysIsInvented() throws IOException {
        Map<String, Object> strange = message(1, 4);
        strange.put("message", "something else");
        strange.put("worker", "mallory");
        records.add(strange);
        assertThat(guilty().invented()).isEqualTo(1);
    }

    @Test
    void aMessageBehindALaterOneOfItsThreadIsOutOfOrder() throws IOException {
        records.add(2, records.remove(3));
        assertThat(alpha(guilty()).outOfOrder()).isEqualTo(1);
    }

    @Test
    void messagesOfSeveralThreadsMayMix() throws IOException {
        records.clear();
        for (int sequence = 0; sequence < 5; sequence++) {
            records.add(message(0, sequence));
            records.add(message(1, sequence));
        }
        assertThat(judge().isClean()).isTrue();
    }

    @Test
    void aGapInTheGlobalSequenceIsFound() throws IOException {
        write(records);
        String text = Files.readString(output);
        Files.writeString(output, text.replace("\"seq\":6,", "\"seq\":7,"));
        assertThat(verdict().sequenceBreaks()).isEqualTo(2);
    }

    @Test
    void halfALineAndALineThatIsNotJsonAreFound() throws IOException {
        write(records);
        Files.writeString(output, Files.readString(output) + "garbage\n{\"seq\":");
        Verdict verdict = verdict();
        assertThat(verdict.isClean()).isFalse();
        assertThat(verdict.findings()).hasSize(2);
        assertThat(verdict.malformed()).isEqualTo(2);
    }

    @Test
    void manyFindingsOfOneKindHideNoneOfAnother() throws IOException {
        for (int i = 0; i < 100; i++) {
            records.add(event("quarantined", "mallory", ""));
        }
        write(records);
        Files.writeString(output, Files.readString(output) + "garbage\n".repeat(100));
        Verdict verdict = verdict();
        assertThat(verdict.malformed()).isEqualTo(100);
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.startsWith("quarantined: "))
                .hasSize(20);
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.contains("not a JSON object"))
                .hasSize(20);
    }

    @Test
    void aCallThatAKillCutShortMayBeThereOrNot() throws IOException {
        Account account = Acknowledgements.create(directory.resolve("bravo.acks"), "bravo", 1, 10, SEED)
                .account(0);
        account.issue();
        Verdict without = judge();
        assertThat(of(without, "bravo").unfinished()).isEqualTo(1);
        assertThat(of(without, "bravo").isClean()).isTrue();
        records.add(record("bravo", 0, 0));
        Verdict with = judge();
        assertThat(of(with, "bravo").unfinished()).isZero();
        assertThat(of(with, "bravo").delivered()).isEqualTo(1);
        assertThat(of(with, "bravo").isClean()).isTrue();
    }

    @Test
    void aMessageThatWasDeclinedAndIsThereAllTheSameUnbalancesTheBooks() throws IOException {
        Account account = Acknowledgements.create(directory.resolve("bravo.acks"), "bravo", 1, 10, SEED)
                .account(0);
        account.issue();
        account.declined(9);
        account.ended();
        assertThat(of(judge(), "bravo").isClean()).isTrue();
        records.add(record("bravo", 0, 0));
        assertThat(of(guilty(), "bravo").balanced()).isFalse();
    }

    @Test
    void aMessageThatWasDeclinedSinceItsRingFailedMayBeThereOrNot() throws IOException {
        Account account = Acknowledgements.create(directory.resolve("bravo.acks"), "bravo", 1, 10, SEED)
                .account(0);
        for (int call = 0; call < 2; call++) {
            account.issue();
            account.declined(Message.severity(SEED, "bravo", 0, call));
        }
        account.ended();
        String levels = Message.severity(SEED, "bravo", 0, 0) == 9 && Message.severity(SEED, "bravo", 0, 1) == 9
                ? "1 INFO (failed), 1 INFO (ring full)"
                : "levels of this seed differ";
        records.add(event("stopped", "bravo", levels));
        assertThat(of(judge(), "bravo").isClean()).isTrue();
        records.add(record("bravo", 0, 0));
        WorkerVerdict verdict = of(judge(), "bravo");
        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict.arrived()).isEqualTo(1);
        assertThat(verdict.delivered()).isEqualTo(1);
        assertThat(verdict.dropped()).isEqualTo(1);
        records.add(record("bravo", 0, 1));
        assertThat(of(guilty(), "bravo").balanced())
                .as("only one of them failed")
                .isFalse();
    }

    @Test
    void dropsMustBeToldByLevelAndNeverMoreOfThemThanThereWere() throws IOException {
        Account account = Acknowledgements.create(directory.resolve("bravo.acks"), "bravo", 1, 10, SEED)
                .account(0);
        for (int severity : new int[] {9, 9, 13}) {
            account.issue();
            account.declined(severity);
        }
        account.ended();
        String items = "2 INFO (ring full), 1 WARN (refused)";
        records.add(event("stopped", "bravo", ""));
        assertThat(of(guilty(), "bravo").reportsHold()).as("not told").isFalse();
        records.set(records.size() - 1, event("stopped", "bravo", items));
        assertThat(of(judge(), "bravo").isClean()).isTrue();
        records.add(dropReport("dropped 3 records: 1 INFO (ring full), 2 WARN (refused)"));
        assertThat(of(guilty(), "bravo").reportsHold()).as("wrong levels").isFalse();
        records.set(records.size() - 1, dropReport("dropped 3 records: " + items));
        WorkerVerdict verdict = of(judge(), "bravo");
        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict.dropped()).isEqualTo(2);
        assertThat(verdict.refused()).isEqualTo(1);
        records.set(records.size() - 2, event("stopped", "bravo", items + ", 1 ERROR (ring full)"));
        assertThat(of(guilty(), "bravo").reportsHold())
                .as("one too many at the end")
                .isFalse();
    }

    @Test
    void dropsOfAWorkerThatWasKilledAreToldByLevelAtTheEndOfItsRing() throws IOException {
        Account account = Acknowledgements.create(directory.resolve("bravo.acks"), "bravo", 1, 10, SEED)
                .account(0);
        account.issue();
        account.declined(9);
        account.issue(); // counted by the logger, and killed before we could count it
        records.add(event("dead", "bravo", "2 INFO (ring full)"));
        assertThat(of(judge(), "bravo").isClean()).isTrue();
        records.set(records.size() - 1, event("dead", "bravo", "2 WARN (ring full)"));
        assertThat(of(guilty(), "bravo").reportsHold()).as("wrong level").isFalse();
        records.set(records.size() - 1, event("dead", "bravo", ""));
        assertThat(of(guilty(), "bravo").reportsHold()).as("not told").isFalse();
    }

    @Test
    void rotatedFilesAreReadInTheOrderOfTheirNumbers() throws IOException {
        write(records);
        List<String> lines = Files.readAllLines(output);
        Files.write(directory.resolve("out.json.2"), lines.subList(0, 3));
        Files.write(directory.resolve("out.json.10"), lines.subList(3, 6));
        Files.write(output, lines.subList(6, lines.size()));
        assertThat(verdict().isClean()).isTrue();
    }

    @Test
    void theDeadAreListedWithReasonAndTime() throws IOException {
        Map<String, Object> event = event("dead", WORKER, "");
        Json.object(event.get("fields")).put("reason", "killed");
        Json.object(event.get("fields")).put("detected_after_ms", 12L);
        records.add(event);
        assertThat(judge().deaths())
                .containsExactly(Map.of("worker", WORKER, "reason", "killed", "detected_after_ms", 12L));
    }

    @Test
    void anAccountThatContradictsItselfCannotBeJudged() throws IOException {
        Account account = Acknowledgements.create(directory.resolve("bravo.acks"), "bravo", 1, 10, SEED)
                .account(0);
        account.acknowledged(account.issue(), 9, "not what bravo logs");
        write(records);
        assertThatThrownBy(this::verdict).isInstanceOf(IOException.class).hasMessageContaining("contradicts itself");
    }

    @Test
    void messagesHoldAllThatBreaksFormatsAndFitARecord() {
        StringBuilder all = new StringBuilder();
        for (long sequence = 0; sequence < 20_000; sequence++) {
            String text = Message.text(SEED, WORKER, 1, sequence);
            assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(16 * 1024);
            all.append(text);
        }
        assertThat(all)
                .contains("{}", "\"", "\\", "\u0000", "\u001b", "\n", "\r\n", "\u2028", "\u202e", "\udbff\udfff");
    }

    private Verdict guilty() throws IOException {
        Verdict verdict = judge();
        assertThat(verdict.isClean()).isFalse();
        return verdict;
    }

    private Verdict judge() throws IOException {
        write(records);
        return verdict();
    }

    private Verdict verdict() throws IOException {
        return Judge.judge(directory, List.of(output));
    }

    private static WorkerVerdict alpha(Verdict verdict) {
        return of(verdict, WORKER);
    }

    private static WorkerVerdict of(Verdict verdict, String worker) {
        return verdict.workers().stream()
                .filter(candidate -> candidate.worker().equals(worker))
                .findFirst()
                .orElseThrow();
    }

    private void write(List<Map<String, Object>> lines) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long seq = 0;
        for (Map<String, Object> line : lines) {
            Map<String, Object> numbered = new LinkedHashMap<>();
            numbered.put("seq", seq++);
            numbered.putAll(line);
            try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
                JsonText.write(json, numbered);
            }
            bytes.write('\n');
        }
        Files.write(output, bytes.toByteArray());
    }

    private static String text(int thread, long sequence) {
        return Message.text(SEED, WORKER, thread, sequence);
    }

    private static int severity(int thread, long sequence) {
        return Message.severity(SEED, WORKER, thread, sequence);
    }

    private static Map<String, Object> message(int thread, long sequence) {
        return record(WORKER, thread, sequence);
    }

    private static Map<String, Object> record(String worker, int thread, long sequence) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("severity", (long) Message.severity(SEED, worker, thread, sequence));
        record.put("worker", worker);
        record.put("thread", Message.threadName(thread));
        record.put("message", Message.text(SEED, worker, thread, sequence));
        return record;
    }

    private static Map<String, Object> event(String event, String worker, String droppedByLevel) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("event", event);
        fields.put("worker", worker);
        fields.put("dropped_by_level", droppedByLevel);
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("logger", "emberlog.worker");
        record.put("worker", "emberlog-master");
        record.put("message", "worker " + worker + " " + event);
        record.put("fields", fields);
        return record;
    }

    private static Map<String, Object> dropReport(String message) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("logger", "emberlog.worker");
        record.put("worker", "bravo");
        record.put("message", message);
        return record;
    }
}

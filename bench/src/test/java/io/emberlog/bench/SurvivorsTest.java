package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.bench.front.Library;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kill that loses lines must show, and one that loses none must not. */
class SurvivorsTest {
    @TempDir
    Path temp;

    private OutputCheck check(long returned, String... lines) throws Exception {
        return OutputCheck.of(Files.writeString(temp.resolve("out.log"), String.join("\n", lines)), 1, 0, returned);
    }

    private static String line(int i) {
        return "INFO  worker-0 - order " + i + " filled at 100.25 by worker-0";
    }

    @Test
    void aCallThatHadNotReturnedMayHaveItsLine() throws Exception {
        OutputCheck check = check(2, line(0), line(1), line(2), "");
        assertThat(check.missing()).isZero();
        assertThat(check.doubled()).isZero();
    }

    @Test
    void aLineThatTheKillCutShortIsMissing() throws Exception {
        OutputCheck check = check(3, line(0), line(1), line(2));
        assertThat(check.missing()).isEqualTo(1);
    }

    @Test
    void whatIsMissingInTheMiddleIsCountedAlsoBeforeACallThatHadNotReturned() throws Exception {
        OutputCheck check = check(4, line(0), line(3), line(4), "");
        assertThat(check.missing()).isEqualTo(2);
        assertThat(check.doubled()).isZero();
    }

    @Test
    void messagesWithoutTextAreCountedLikewise() {
        OutputCheck check = OutputCheck.numbered(0, 4);
        List.of(0L, 1L, 1L, 3L, 4L).forEach(check::take);
        check.end();
        assertThat(check.missing()).isEqualTo(1);
        assertThat(check.doubled()).isEqualTo(1);
    }

    @Test
    void theNumberOfCallsOutlivesTheProcess() throws Exception {
        Path file = temp.resolve("returned");
        CallsNoted reader = CallsNoted.create(file);
        assertThat(reader.calls()).isZero();
        CallsNoted.create(file).note(1L << 40);
        assertThat(reader.calls()).isEqualTo(1L << 40);
        assertThat(CallsNoted.create(file).calls()).isEqualTo(1L << 40);
    }

    @Test
    void emberlogLosesNothingWhenItsWorkerIsKilled() throws Exception {
        try (Workplace place = Workplace.in(temp)) {
            Survivors.Found found = new Survivors(Library.EMBERLOG).killOne(place, 1_000, 300);
            assertThat(found.returned()).isPositive();
            assertThat(found.missing()).isZero();
            assertThat(found.doubled()).isZero();
        }
    }

    @Test
    void whatAPeerLosesIsAFigure() throws Exception {
        try (Workplace place = Workplace.in(temp)) {
            Survivors.Found found = new Survivors(Library.LOGBACK_ASYNC).killOne(place, 1_000, 300);
            assertThat(found.missing()).isBetween(0L, found.returned());
            assertThat(found.doubled()).isZero();
        }
    }
}

package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.producer.Notes;
import io.emberlog.samples.producer.Trouble;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Errors inside log calls, in processes that live on: one thread of each meets them, three others log at full speed. Alone:
 * {@code .ci/storm ErrorInCallTest 50 42}, for 50 processes of each kind with seed 42.
 */
class ErrorInCallTest {
    private static final int AT_ONCE = 3;
    private static final int THREADS = 4;
    private static final long MOST_MESSAGES = 1_000_000;
    private static final long PAUSE_NS = 200_000;
    /** Calls of the troubled thread, and of the whole process after the errors. */
    private static final long TROUBLED_CALLS = 2_000;

    private static final long FULL_HEAP_CALLS = 48;
    private static final long CALLS_AFTER = 2_000;

    private enum Error {
        STACK(Trouble.STACK, TROUBLED_CALLS),
        COLD_STACK(Trouble.COLD_STACK, TROUBLED_CALLS),
        HEAP(Trouble.HEAP, FULL_HEAP_CALLS, "-Xmx24m", "-XX:+UseSerialGC"),
        CUT(Trouble.CUT, TROUBLED_CALLS);

        final Trouble trouble;
        final long calls;
        final String[] flags;

        Error(Trouble trouble, long calls, String... flags) {
            this.trouble = trouble;
            this.calls = calls;
            this.flags = flags;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsAcknowledgedArrivesAndTheProcessLogsOnWhenCallsMeet(Error error) throws IOException {
        StormRun.run(Fault.ERROR_IN_CALL, error.name(), 1.0 / Error.values().length, run -> storm(run, error));
    }

    private static void storm(StormRun run, Error error) throws Exception {
        Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory));
        master.start();
        Crowd.of(AT_ONCE, run.count, number -> one(run, error, number));
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        if (error != Error.CUT) {
            Judgement judgement = run.judge();
            assertThat(StormRun.dead(judgement)).isEmpty();
            assertThat(Told.lines(run, "\"event\":\"replaced\""))
                    .as("an overflow costs a process one ring at most, and a full heap none")
                    .isLessThanOrEqualTo(error == Error.HEAP ? 0 : run.count);
            assertThat(Told.lines(run, "(no ring)"))
                    .as("processes that ran out of rings")
                    .isZero();
            return;
        }
        Judgement judgement = run.judgeWorkers();
        assertThat(judgement.count("invented")).isZero();
        assertThat(judgement.count("sequence_breaks")).isZero();
        assertThat(Told.lines(run, ") set aside: "))
                .as("what a cut ring counted is gone with it, and its loss is told")
                .isEqualTo(run.count);
    }

    private static void one(StormRun run, Error error, int number) throws Exception {
        String name = String.format("w%04d", number);
        StormVariant variant = number % 2 == 0 ? StormVariant.PLAIN : StormVariant.BATCHED;
        Path acks = run.directory.acksOf(name);
        Process worker = new Troubled(run, error.trouble)
                .flags(error.flags)
                .start(name, THREADS, MOST_MESSAGES, PAUSE_NS, variant.environment("EMBERLOG_OVERFLOW=block:5s"));
        await(run, worker, name, error.calls, 0);
        if (error == Error.CUT) {
            Troubled.go(run, name);
            Waiting.until(
                    name + " to cut its ring",
                    StormRun.LIMIT,
                    () -> Notes.of(acks).contains("cut 1"));
        }
        long before = run.account(name).acknowledged();
        Waiting.until(
                name + " to be acknowledged more",
                StormRun.LIMIT,
                () -> run.account(name).acknowledged() > before + CALLS_AFTER);
        run.end(worker);
        assertThat(Notes.of(acks)).as(name).noneMatch(note -> note.startsWith("wrong "));
        if (error != Error.CUT) {
            assertThat(Notes.sum(acks, "declined"))
                    .as("errors in calls of " + name)
                    .isPositive();
        }
        StormRun.say(name + " (" + variant + "): " + Notes.of(acks));
        run.madeOne();
    }

    private static void await(StormRun run, Process worker, String name, long calls, int thread) {
        Waiting.until(name + " to make " + calls + " calls", StormRun.LIMIT, () -> {
            assertThat(worker.isAlive()).as(name + " lives").isTrue();
            AcknowledgementFile account = run.account(name);
            return account != null && account.issued(thread) >= calls;
        });
    }
}

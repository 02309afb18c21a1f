package io.emberlog.samples.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;

/**
 * Whether records get all the way from a worker that waits for synced now and then to the output, seen from outside, and how long
 * it took until they did so again. One thread.
 */
final class Flow {
    private final StormRun run;
    private final Master master;
    private final String worker;
    private long longestMs;

    Flow(StormRun run, Master master, String worker) {
        this.run = run;
        this.master = master;
        this.worker = worker;
    }

    /** While the master lives, and fails when it does not. */
    void await(String what, Waiting.Condition condition) {
        Waiting.until(what, StormRun.LIMIT, () -> {
            assertThat(master.isAlive())
                    .as("the master lives while awaiting " + what)
                    .isTrue();
            return condition.holds();
        });
    }

    /**
     * Everything that is acknowledged now comes to be synced, then more comes out, and a checkpoint is stored.
     *
     * @return milliseconds until the first of what came out
     */
    long awaitAll(String after) throws IOException {
        long from = System.nanoTime();
        FileTime checkpoint = checkpoint();
        long acknowledged = acknowledged();
        long bytes = bytes();
        await("output after " + after, () -> bytes() > bytes);
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
        longestMs = Math.max(longestMs, tookMs);
        await("what was acknowledged before to be synced after " + after, () -> synced() >= acknowledged);
        long then = bytes();
        await("more output after " + after, () -> bytes() > then);
        await("a checkpoint after " + after, () -> !checkpoint().equals(checkpoint));
        return tookMs;
    }

    /** The longest of {@link #awaitAll} so far. */
    long longestMs() {
        return longestMs;
    }

    /** Of the output and all it was before it was rotated. */
    long bytes() throws IOException {
        long sum = 0;
        for (Path file : OutputFiles.of(run.directory.output())) {
            try {
                sum += Files.size(file);
            } catch (NoSuchFileException renamed) {
                return -1; // in this very moment: looked at again
            }
        }
        return sum;
    }

    long acknowledged() throws IOException {
        AcknowledgementFile account = run.account(worker);
        return account == null ? 0 : account.acknowledged();
    }

    long synced() throws IOException {
        AcknowledgementFile account = run.account(worker);
        long synced = 0;
        for (int thread = 0; account != null && thread < account.threads(); thread++) {
            synced += account.synced(thread);
        }
        return synced;
    }

    private FileTime checkpoint() throws IOException {
        try {
            return Files.getLastModifiedTime(
                    run.directory.state().resolve("checkpoints").resolve("out.ckpt"));
        } catch (NoSuchFileException none) {
            return FileTime.fromMillis(0);
        }
    }
}

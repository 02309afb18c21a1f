package io.emberlog.master.fanout;

import io.emberlog.master.config.IdleMode;
import io.emberlog.master.silence.SilenceSet;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.NanoClock;

/**
 * What all handlers share.
 *
 * @param journalDirectory of the journal that the drain writes
 * @param stateDirectory where checkpoints and dead letters go; the master's lock on it is held for as long as the fan-out lives
 * @param threads makes one thread a handler; its name is set, and it becomes a daemon so that a hanging one cannot keep the JVM
 * @param reports hears what the operator should know
 * @param synced what checkpoints wait for
 * @param idle what a handler's thread does between records
 * @param silences those that hold now, the same object until something changes; null while that is not known
 */
public record FanOutConfig(
        Path journalDirectory,
        Path stateDirectory,
        NanoClock nanoClock,
        EpochNanoClock epochClock,
        ThreadFactory threads,
        ReportSink reports,
        SyncedJournal synced,
        IdleMode idle,
        Supplier<SilenceSet> silences) {
    /** Without silences. */
    public FanOutConfig(
            Path journalDirectory,
            Path stateDirectory,
            NanoClock nanoClock,
            EpochNanoClock epochClock,
            ThreadFactory threads,
            ReportSink reports,
            SyncedJournal synced,
            IdleMode idle) {
        this(
                journalDirectory,
                stateDirectory,
                nanoClock,
                epochClock,
                threads,
                reports,
                synced,
                idle,
                () -> SilenceSet.NONE);
    }

    public FanOutConfig {
        Objects.requireNonNull(journalDirectory, "journalDirectory");
        Objects.requireNonNull(stateDirectory, "stateDirectory");
        Objects.requireNonNull(nanoClock, "nanoClock");
        Objects.requireNonNull(epochClock, "epochClock");
        Objects.requireNonNull(threads, "threads");
        Objects.requireNonNull(reports, "reports");
        Objects.requireNonNull(synced, "synced");
        Objects.requireNonNull(idle, "idle");
        Objects.requireNonNull(silences, "silences");
    }
}

package io.emberlog.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One run of one fault. What it is told by system properties:
 *
 * <pre>
 *   emberlog.lab.seed    makes every choice of the run again; a new one each time without it
 *   emberlog.lab.count   how often the fault is made; else the declaration's count
 *   emberlog.lab.long    true: the declaration's count for the long run, not that for mvn verify (profile storm)
 *   emberlog.lab.log     true: the run leaves a line in docs/reliability-runs.tsv (profile storm)
 * </pre>
 *
 * The profile {@code storm} sets the last two. Any thread.
 */
public final class LabRun {
    /** Makes the fault {@link LabRun#count} times, and throws when something did not hold. */
    @FunctionalInterface
    public interface Experiment {
        void run(LabRun run) throws Exception;
    }

    private final Fault fault;
    private final long seed;
    private final long count;
    private final AtomicLong made = new AtomicLong();

    private LabRun(Fault fault, long seed, long count) {
        this.fault = fault;
        this.seed = seed;
        this.count = count;
    }

    /**
     * Runs it and logs how it went. What it throws is thrown on, with the seed in front.
     *
     * @param variant which of several ways, such as a mode or a file system; empty when there is one
     * @param share this run's part of the declared count, 1 = all of it; a count that was asked for is not shared
     */
    public static void of(Fault fault, String variant, double share, Experiment experiment) throws IOException {
        LabRun run = new LabRun(fault, Long.getLong("emberlog.lab.seed", System.nanoTime()), count(fault, share));
        String name = fault.id() + (variant.isEmpty() ? "" : " " + variant);
        System.out.println(name + ": -Demberlog.lab.seed=" + run.seed + " -Demberlog.lab.count=" + run.count);
        long started = System.nanoTime();
        try {
            experiment.run(run);
        } catch (Exception | AssertionError e) {
            RunLog.append(run.fault, variant, run.made(), run.seed, "failed", since(started));
            throw new AssertionError(
                    name + " with -Demberlog.lab.seed=" + run.seed + " failed after " + run.made() + " of " + run.count
                            + ": " + e.getMessage(),
                    e);
        }
        RunLog.append(run.fault, variant, run.made(), run.seed, "passed", since(started));
    }

    /** Whether this is the long run, which makes each fault in each way; else that of {@code mvn verify}. */
    public static boolean isLong() {
        return Boolean.getBoolean("emberlog.lab.long");
    }

    private static long count(Fault fault, double share) {
        Long asked = Long.getLong("emberlog.lab.count");
        if (asked != null) {
            return asked;
        }
        long declared = isLong() ? fault.longCount() : fault.shortCount();
        return Math.max(1, (long) (declared * share));
    }

    private static Duration since(long startedNs) {
        return Duration.ofNanos(System.nanoTime() - startedNs);
    }

    public Fault fault() {
        return fault;
    }

    public long seed() {
        return seed;
    }

    /** How often the fault is to be made. */
    public long count() {
        return count;
    }

    /** {@link #count}, for loops and arrays. */
    public int intCount() {
        return Math.toIntExact(count);
    }

    /** The fault was made once more. Only what was really made is logged. */
    public void madeOne() {
        made.incrementAndGet();
    }

    /** The fault was made so many times more. */
    public void made(long more) {
        made.addAndGet(more);
    }

    /** How often it was made so far. */
    public long made() {
        return made.get();
    }
}

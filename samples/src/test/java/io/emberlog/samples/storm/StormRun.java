package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.RunDirectory;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.producer.Producer;
import io.emberlog.samples.producer.ProducerSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The ground on which a storm runs: a directory, its processes, a seed. What goes wrong keeps the directory and names it
 * together with the seed; what goes well leaves nothing.
 */
public final class StormRun {
    public static final Duration LIMIT = Duration.ofSeconds(120);

    private static final long PER_ROUND = 200;

    /** Of many kills, on a machine that does other things as well. */
    private static final Duration JUDGE_LIMIT = Duration.ofMinutes(10);

    /** A storm, which may fail in any way. */
    @FunctionalInterface
    public interface Storm {
        void run(StormRun run) throws Exception;
    }

    /** Where a storm is to take place. */
    @FunctionalInterface
    public interface Ground {
        RunDirectory create(String prefix) throws IOException;
    }

    public final long seed;
    public final RunDirectory directory;
    public final Children children;
    /** How often a fault of the laboratory is to be made here; 0 where none is counted. */
    public final int count;

    private final Map<String, AcknowledgementFile> accounts = new ConcurrentHashMap<>();

    private final LabRun lab;

    private StormRun(long seed, int count, LabRun lab, RunDirectory directory, Children children) {
        this.seed = seed;
        this.count = count;
        this.lab = lab;
        this.directory = directory;
        this.children = children;
    }

    /** Reads {@code emberlog.lab.seed}; a new one each time without it. */
    public static void run(String name, Storm storm) throws IOException {
        run(name, RunDirectory.createWithRingsInMemory("emberlog-" + name + "-"), storm);
    }

    /** In a directory that is deleted when all went well. */
    public static void run(String name, RunDirectory directory, Storm storm) throws IOException {
        run(name, Long.getLong("emberlog.lab.seed", System.nanoTime()), directory, storm);
    }

    /** With a seed given. */
    public static void run(String name, long seed, RunDirectory directory, Storm storm) throws IOException {
        run(name, seed, 0, null, directory, storm);
    }

    /**
     * Makes a fault of the laboratory as often as a {@link LabRun} says, which gets its line in the log.
     *
     * @param variant which of several ways; empty when there is one
     * @param share this run's part of the fault's declared count
     */
    public static void run(Fault fault, String variant, double share, Storm storm) throws IOException {
        run(fault, variant, share, PER_ROUND, RunDirectory::createWithRingsInMemory, storm);
    }

    /** As the other, in one round: for faults that show only after a while. */
    static void runWhole(Fault fault, String variant, double share, Storm storm) throws IOException {
        run(fault, variant, share, Integer.MAX_VALUE, RunDirectory::createWithRingsInMemory, storm);
    }

    /**
     * As the other.
     *
     * @param perRound most faults with the same files
     * @param ground makes the directory of a round; is given how its name is to begin
     */
    public static void run(Fault fault, String variant, double share, long perRound, Ground ground, Storm storm)
            throws IOException {
        LabRun.of(fault, variant, share, lab -> {
            // A long run is cut into rounds with files of their own. The seed of a round is one more than that of the
            // round before: a round that fails is made again by its own seed and count.
            long left = lab.count();
            for (long seed = lab.seed(); left > 0; seed++) {
                int count = (int) Math.min(left, perRound);
                String name = fault.id() + (variant.isEmpty() ? "" : "-" + variant.replace(' ', '-'));
                run(name, seed, count, lab, ground.create("emberlog-" + name + "-"), storm);
                left -= count;
            }
        });
    }

    /** The fault was made once more. */
    public void madeOne() {
        lab.madeOne();
    }

    /** The fault was made so many times more. */
    public void made(long more) {
        lab.made(more);
    }

    private static void run(String name, long seed, int count, LabRun lab, RunDirectory directory, Storm storm)
            throws IOException {
        say(name + ": -Demberlog.lab.seed=" + seed + (lab == null ? "" : " -Demberlog.lab.count=" + count)
                + ", files in " + directory.root());
        try (Children children = new Children()) {
            storm.run(new StormRun(seed, count, lab, directory, children));
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    name + " with -Demberlog.lab.seed=" + seed + (lab == null ? "" : " -Demberlog.lab.count=" + count)
                            + " failed; evidence is kept in " + directory.root() + " and " + directory.rings() + ": "
                            + e.getMessage(),
                    e);
        }
        directory.delete();
    }

    public static void say(String line) {
        System.out.println(line);
    }

    /** Starts a producer with settings in its environment, as {@code NAME=value}. */
    public Process producer(String name, int threads, long messages, long pauseNs, String... environment)
            throws IOException {
        return producer(UnaryOperator.identity(), name, threads, messages, pauseNs, environment);
    }

    /** As the other, started in another way: as another user, in another namespace. */
    public Process producer(
            UnaryOperator<ProcessBuilder> way,
            String name,
            int threads,
            long messages,
            long pauseNs,
            String... environment)
            throws IOException {
        return producer(
                way,
                new ProducerSettings(name, directory.rings(), directory.acksOf(name), seed, threads, messages, pauseNs),
                environment);
    }

    /** One that waits for synced now and then. */
    public Process producerThatSyncs(
            String name, int threads, long messages, long pauseNs, long syncNs, String... environment)
            throws IOException {
        return producer(
                UnaryOperator.identity(),
                new ProducerSettings(
                        name, directory.rings(), directory.acksOf(name), seed, threads, messages, pauseNs, syncNs),
                environment);
    }

    private Process producer(UnaryOperator<ProcessBuilder> way, ProducerSettings settings, String... environment)
            throws IOException {
        ProcessBuilder builder = Jvm.worker(Producer.class, settings.arguments());
        for (String variable : environment) {
            int equals = variable.indexOf('=');
            builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return children.start(directory.saying("workers", way.apply(builder)));
    }

    /** Tells a producer to end and waits until it has. */
    public void end(Process producer) throws IOException {
        producer.getOutputStream().close();
        Waiting.until("a worker to end by itself", LIMIT, () -> !producer.isAlive());
        assertThat(producer.exitValue()).as("exit code of a worker").isZero();
    }

    public long issued(String worker) throws IOException {
        AcknowledgementFile account = account(worker);
        return account == null ? 0 : account.issued();
    }

    /** Null while it has not begun. Mapped once: a process has only so many mappings. */
    public AcknowledgementFile account(String worker) throws IOException {
        AcknowledgementFile known = accounts.get(worker);
        if (known == null) {
            known = AcknowledgementFile.open(directory.acksOf(worker));
            if (known != null) {
                accounts.put(worker, known);
            }
        }
        return known;
    }

    /** Judges in another process and insists on: nothing acknowledged lost, nothing doubled, altered or invented. */
    public Judgement judge() throws IOException, InterruptedException {
        Judgement judgement = judgeApartFrom(finding -> false);
        assertThat(judgement.exitCode()).isZero();
        return judgement;
    }

    /** As {@link #judge}, in a storm that makes some findings on purpose; of many of one kind the judge names only the first. */
    public Judgement judgeApartFrom(Predicate<String> wanted) throws IOException, InterruptedException {
        Judgement judgement = judgeWorkers();
        assertThat(judgement.findings()).filteredOn(wanted.negate()).isEmpty();
        assertThat(judgement.count("invented")).isZero();
        say(summary(judgement));
        return judgement;
    }

    /** As {@link #judge}, but that records may be missing, or be of somebody who keeps no account. */
    public Judgement judgeWorkers() throws IOException, InterruptedException {
        Judgement judgement = Judgement.of(children, directory, JUDGE_LIMIT);
        assertZero(judgement, "lost", "doubled", "altered", "invented", "out_of_order");
        return judgement;
    }

    /** The lines of the output are whole, and of all workers together these columns are 0. */
    public static void assertZero(Judgement judgement, String... columns) {
        assertThat(judgement.count("malformed"))
                .as("lines that are not JSON, or not whole: " + judgement.findings())
                .isZero();
        for (String column : columns) {
            assertThat(judgement.sum(column))
                    .as(column + ": " + judgement.findings())
                    .isZero();
        }
    }

    /** Names of the workers whose death the master's records tell of. */
    public static List<String> dead(Judgement judgement) {
        return judgement.deaths().stream()
                .map(death -> death.get("worker").toString())
                .toList();
    }

    /** Names of the workers that made at least one call. */
    static Set<String> callers(Judgement judgement) {
        return judgement.workers().stream()
                .filter(worker -> !Long.valueOf(0).equals(worker.get("issued")))
                .map(worker -> worker.get("worker").toString())
                .collect(Collectors.toSet());
    }

    private static String summary(Judgement judgement) {
        StringBuilder text = new StringBuilder();
        for (String column : List.of(
                "issued",
                "acknowledged",
                "delivered",
                "lost",
                "doubled",
                "altered",
                "invented",
                "dropped",
                "refused",
                "unfinished",
                "arrived")) {
            text.append(column).append(' ').append(judgement.sum(column)).append(", ");
        }
        Map<String, Object> report = judgement.report();
        return text.append("lines ")
                .append(report.get("lines"))
                .append(", deaths ")
                .append(judgement.deaths().size())
                .toString();
    }
}

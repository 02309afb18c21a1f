package io.emberlog.samples.relog;

import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.RunDirectory;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Three workers log the lines of files. The second is killed when a third of its lines is acknowledged and started again
 * where its acknowledgements end; the master is killed after that, and started again. Then the output is compared with
 * the files.
 *
 * <pre>
 *   Relog [FILE...]      without files: generated ones
 * </pre>
 *
 * Exit code 0 only if every file is rebuilt byte for byte, and no line is there twice but the one that was in flight.
 */
public final class Relog {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int WORKERS = 3;
    private static final int KILLED = 1;
    private static final long PAUSE_NS = 150_000;
    private static final int GENERATED_LINES = 2_000;

    private final Children children;
    private final RunDirectory directory;
    private final List<Path> files;
    private final List<List<Path>> shares = new ArrayList<>();
    private final Process[] workers = new Process[WORKERS];

    private Relog(Children children, RunDirectory directory, List<Path> files) {
        this.children = children;
        this.directory = directory;
        this.files = files;
        for (int worker = 0; worker < WORKERS; worker++) {
            shares.add(new ArrayList<>());
        }
        for (int file = 0; file < files.size(); file++) {
            shares.get((file + KILLED) % WORKERS).add(files.get(file)); // the one that is killed has a share first
        }
    }

    /** Runs the sample and ends the process. */
    public static void main(String... arguments) throws IOException, InterruptedException {
        RunDirectory directory = RunDirectory.create("emberlog-relog-");
        RelogReport report;
        try (Children children = new Children()) {
            List<Path> files = Arrays.stream(arguments).map(Path::of).toList();
            report = run(children, directory, files, System.nanoTime());
        }
        System.out.println(report.lines() + " lines of " + report.files() + " files logged by " + WORKERS
                + " workers; one killed and continued with its line " + (report.firstOfSecondLife() + 1)
                + ", the master killed and started again");
        System.out.println(report.same() + " files rebuilt byte for byte from " + directory.output() + "; "
                + report.twice() + " lines in flight arrived twice");
        report.findings().forEach(System.out::println);
        System.exit(report.isClean() ? 0 : 1);
    }

    /**
     * @param given names must differ; none: generated
     * @param seed of the generated lines
     */
    static RelogReport run(Children children, RunDirectory directory, List<Path> given, long seed)
            throws IOException, InterruptedException {
        List<Path> files = given.isEmpty()
                ? GeneratedLines.write(directory.root().resolve("sources"), GENERATED_LINES, seed)
                : given;
        return new Relog(children, directory, files).run();
    }

    private RelogReport run() throws IOException, InterruptedException {
        Master master = new Master(
                children, directory, Master.jsonHandler(directory, "max_size = \"1 MiB\"", "keep_files = 0"));
        master.start();
        for (int worker = 0; worker < WORKERS; worker++) {
            workers[worker] = start(worker, 1);
        }

        awaitAcknowledged(KILLED, 1, linesOf(KILLED) / 3);
        Children.kill(workers[KILLED]);
        AcknowledgementFile account = account(KILLED, 1);
        long next = account.acknowledged(0);
        boolean inFlight = account.issued(0) > next;
        workers[KILLED] = start(KILLED, 2);

        awaitAcknowledged(KILLED, 2, linesOf(KILLED) / 6);
        master.kill();
        master.start();

        for (Process worker : workers) {
            Waiting.until("a worker to come to the end of its files", LIMIT, () -> !worker.isAlive());
            if (worker.exitValue() != 0) {
                throw new IllegalStateException("a worker ended with " + worker.exitValue());
            }
        }
        master.awaitRingsGone(LIMIT);
        int exit = master.stop(LIMIT);
        return compare(exit, next, inFlight);
    }

    private RelogReport compare(int masterExit, long next, boolean inFlight) throws IOException {
        Rebuilt rebuilt = Rebuilt.from(directory.output());
        long lines = 0;
        int same = 0;
        for (Path file : files) {
            lines += Lines.of(file).size();
            rebuilt.compare(file, inFlight ? numberIn(file, next) : Set.of());
            same += rebuilt.isSameFile(file) ? 1 : 0;
        }
        List<String> findings = new ArrayList<>(rebuilt.findings());
        if (masterExit != 0) {
            findings.add("the master ended with " + masterExit);
        }
        return new RelogReport(files.size(), lines, same, rebuilt.twice(), next, findings);
    }

    /** The killed worker's line of that index, if it is in this file, as the number within it. */
    private Set<Long> numberIn(Path file, long index) throws IOException {
        Set<Long> numbers = new HashSet<>();
        long before = 0;
        for (Path share : shares.get(KILLED)) {
            long lines = Lines.of(share).size();
            if (share.equals(file) && index >= before && index < before + lines) {
                numbers.add(index - before + 1);
            }
            before += lines;
        }
        return numbers;
    }

    private Process start(int worker, int life) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                name(worker),
                directory.rings().toString(),
                directory.acks().toString(),
                Integer.toString(life),
                Long.toString(PAUSE_NS)));
        shares.get(worker).forEach(file -> arguments.add(file.toString()));
        return children.start(
                directory.saying(name(worker), Jvm.worker(RelogWorker.class, arguments.toArray(new String[0]))));
    }

    private static String name(int worker) {
        return "relog-" + worker;
    }

    private long linesOf(int worker) throws IOException {
        long lines = 0;
        for (Path file : shares.get(worker)) {
            lines += Lines.of(file).size();
        }
        return lines;
    }

    private AcknowledgementFile account(int worker, int life) throws IOException {
        return AcknowledgementFile.open(RelogWorker.accountOf(directory.acks(), name(worker), life));
    }

    private void awaitAcknowledged(int worker, int life, long lines) throws IOException {
        Waiting.until(name(worker) + " to begin", LIMIT, () -> account(worker, life) != null);
        AcknowledgementFile account = account(worker, life);
        Waiting.until(name(worker) + " to log " + lines + " lines", LIMIT, () -> account.acknowledged(0) >= lines);
    }
}

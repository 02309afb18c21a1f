package io.emberlog.bench;

import io.emberlog.bench.front.Call;
import io.emberlog.bench.front.Library;
import io.emberlog.master.cli.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code emberlog bench}: measures Emberlog on this machine. */
@Command(
        name = "emberlog bench",
        description = {
            "Measures Emberlog, and peers beside it, and prints tables. Without a NAME it measures everything: half an hour",
            "with --quick, four hours or so without. The machine should have nothing else to do. See docs/performance.md."
        },
        footer =
                "%nExit codes: 0 done, 1 something was lost, doubled or refused or, with --against, became worse, 2 usage,"
                        + " 4 input or output.")
public final class Bench implements Callable<Integer> {
    private static final int MANY_THREADS = 8;
    private static final String PEERS = "peers-";

    /** That are measured from several threads, too. */
    private static final Set<Call> FORMS = EnumSet.range(Call.LITERAL, Call.DISABLED);

    /** What one process logs with. */
    private static final List<Library> ALONE = List.of(
            Library.EMBERLOG,
            Library.EMBERLOG_SLF4J,
            Library.LOG4J2_ASYNC,
            Library.LOGBACK_ASYNC,
            Library.TINYLOG,
            Library.CHRONICLE_QUEUE);

    /** Share of the messages that a slow peer is given. */
    private static final double SLOW = 0.1;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            description = "A benchmark, or the table that it is in (such as call), as --list shows them.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--quick", description = "A first impression: fewer and shorter runs.")
    private boolean quick;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description =
                    "End-to-end runs of each row; the median counts. 5, or 1 with --quick, unless this says otherwise.")
    private Integer runs;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Option(names = "--list", description = "Prints the benchmarks and ends.")
    private boolean list;

    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            defaultValue = "${sys:java.io.tmpdir}",
            showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
            description = "Where journals and files are written; on the disk that is to be measured.")
    private Path directory;

    @Option(
            names = "--save",
            paramLabel = "TITLE",
            description = {
                "Writes the Markdown report to bench/results/DATE-TITLE.md, too, and plots of some tables beside it,",
                "DATE-TITLE-TABLE.svg."
            })
    private String title;

    @Mixin
    private Guard guard;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this help.")
    private boolean help;

    public static void main(String[] args) {
        System.setProperty("jmh.ignoreLock", "true");
        System.exit(new CommandLine(new Bench())
                .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                    e.printStackTrace(commandLine.getErr());
                    return ExitCodes.IO;
                })
                .execute(args));
    }

    static List<Benchmark> all() {
        List<Benchmark> all = new ArrayList<>();
        for (Call call : FORMS) {
            all.add(LogCall.of(call, 1, Mode.DEFAULTS));
        }
        all.add(LogCall.of(Call.MDC, 1, Mode.DEFAULTS));
        all.add(LogCall.throughSlf4j());
        all.addAll(LogCall.fromVirtualThread(Call.TWO_ARGS));
        for (Call call : FORMS) {
            all.add(LogCall.of(call, 2, Mode.DEFAULTS));
        }
        all.add(LogCall.of(Call.TWO_ARGS, MANY_THREADS, Mode.DEFAULTS));
        for (int threads : new int[] {1, 2, MANY_THREADS}) {
            all.add(LogCall.of(Call.TWO_ARGS, threads, Mode.BATCHED));
        }
        all.add(LogCall.of(Call.TWO_ARGS, 1, Mode.CHECKED));
        all.addAll(Codec.all());
        for (Mode mode : Mode.values()) {
            all.add(Throughput.emberlog(1, "human", mode));
            all.add(Throughput.emberlog(4, "human", mode));
        }
        for (String format : List.of("json", "ecs", "otel", "syslog")) {
            all.add(Throughput.emberlog(1, format, Mode.DEFAULTS));
        }
        all.add(new Idle(0));
        all.add(new Idle(8));
        all.add(new Idle(1_000));
        all.add(new Levels(1));
        all.add(new Levels(50));
        all.add(new LightLoad(Mode.DEFAULTS));
        all.add(new LightLoad(Mode.YIELDING));
        all.add(Start.help());
        all.add(Start.master());
        all.add(Start.launchedMaster());
        all.add(new Replay());
        all.addAll(Delivery.all());
        all.addAll(Scaling.all());
        all.add(Memory.worker());
        all.add(Memory.master());
        all.addAll(peers());
        return all;
    }

    private static List<Benchmark> peers() {
        List<Benchmark> peers = new ArrayList<>();
        for (Call call : new Call[] {Call.THREE_ARGS, Call.TWO_ARGS}) {
            for (Library library : ALONE) {
                peers.add(LogCall.peer(library, call));
            }
        }
        for (Library library : ALONE) {
            if (library != Library.EMBERLOG_SLF4J && library != Library.CHRONICLE_QUEUE) { // writes no text
                peers.add(Throughput.peer(library, 1, 1));
            }
        }
        peers.add(Throughput.peer(Library.EMBERLOG, 4, 1));
        peers.add(Throughput.peer(Library.LOG4J2_SOCKET, 4, 1));
        peers.add(Throughput.peer(Library.LOGBACK_PRUDENT, 4, SLOW));
        peers.add(Throughput.ecsPeer(Library.EMBERLOG));
        peers.add(Throughput.ecsPeer(Library.LOG4J2_JSON));
        for (Library library : ALONE) {
            if (library != Library.EMBERLOG_SLF4J) {
                peers.add(new Survivors(library));
            }
        }
        return peers;
    }

    private Plan plan() {
        Plan usual = new Plan(quick, directory());
        if (runs != null && runs < 1) {
            throw new ParameterException(spec.commandLine(), "--runs=" + runs + " must be at least 1");
        }
        return runs == null ? usual : new Plan(quick, usual.directory(), runs);
    }

    @Override
    public Integer call() throws Exception {
        if (guard.isWanted()) {
            return guarded();
        }
        List<Benchmark> chosen = chosen();
        if (list) {
            chosen.forEach(benchmark -> System.out.printf("%-36s %s%n", benchmark.name(), benchmark.description()));
            return ExitCodes.DONE;
        }
        Plan plan = plan();
        Path report = title == null ? null : report();
        Map<String, String> machine = Machine.facts(plan, command());
        if (chosen.stream().anyMatch(benchmark -> benchmark.name().startsWith(PEERS))) {
            machine.put("peers", Jvm.peers());
        }
        List<Result> results = new ArrayList<>();
        for (Benchmark benchmark : chosen) {
            System.err.printf("emberlog bench: %d of %d, %s%n", results.size() + 1, chosen.size(), benchmark.name());
            results.add(benchmark.run(plan));
        }
        machine.put("load after", Machine.load());
        if (json) {
            Report.printJson(machine, results, System.out);
        } else {
            Report.print(machine, results, System.out);
        }
        if (report != null) {
            for (Path written : Report.save(title, machine, results, report)) {
                System.err.println("emberlog bench: wrote " + written);
            }
        }
        return results.stream().allMatch(Result::intact) ? ExitCodes.DONE : ExitCodes.FINDINGS;
    }

    private int guarded() throws Exception {
        if (list || json || title != null) {
            throw new ParameterException(
                    spec.commandLine(), "--against prints a table of its own, without --list, --json and --save");
        }
        if (names.isEmpty()) {
            names = Guard.ROWS;
        }
        List<Benchmark> chosen = chosen();
        Plan plan = new Plan(true, directory());
        try {
            return guard.run(
                    chosen.stream().map(Benchmark::name).toList(), plan, Machine.facts(plan, command()), System.out);
        } catch (Guard.UnusableException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Path directory() {
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new ParameterException(spec.commandLine(), "--dir " + directory + " is no directory to write to");
        }
        return directory.toAbsolutePath();
    }

    /** Where it is going to be; refused before hours have been spent on it. */
    private Path report() {
        if (!title.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new ParameterException(
                    spec.commandLine(), "--save " + title + ": letters, digits, '.', '_' and '-' make a file name");
        }
        Path file = Launcher.home().resolve(Path.of("bench", "results", LocalDate.now() + "-" + title + ".md"));
        if (Files.exists(file)) {
            throw new ParameterException(spec.commandLine(), "--save " + title + ": " + file + " is there already");
        }
        return file;
    }

    private List<Benchmark> chosen() {
        List<Benchmark> chosen = new ArrayList<>();
        for (Benchmark benchmark : all()) {
            if (names.isEmpty() || names.stream().anyMatch(name -> isNamed(benchmark, name))) {
                chosen.add(benchmark);
            }
        }
        for (String name : names) {
            if (chosen.stream().noneMatch(benchmark -> isNamed(benchmark, name))) {
                throw new ParameterException(
                        spec.commandLine(), "there is no benchmark '" + name + "'; --list shows what there is");
            }
        }
        return chosen;
    }

    private static boolean isNamed(Benchmark benchmark, String name) {
        return benchmark.name().equals(name) || benchmark.name().startsWith(name + ".");
    }

    private String command() {
        return "./emberlog bench"
                + spec.commandLine().getParseResult().originalArgs().stream()
                        .map(argument -> " " + argument)
                        .reduce("", String::concat);
    }
}

package io.emberlog.bench;

import io.emberlog.master.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code bench --against REV}: has this tree (B) become slower than a revision (A)? Each tree runs its own bench, by its own
 * launcher, in the order A B B A A B ..., so that what drifts is shared.
 */
final class Guard {
    /** What is measured when nothing is named: a call, the pipeline, and reading. */
    static final List<String> ROWS = List.of("call.three-args", "throughput.1-worker-human", "replay.text");

    /** Called for something that cannot be compared; the message says what. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableException(String message) {
            super(message);
        }
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--against",
            paramLabel = "REV",
            description = {
                "Compares this tree, uncommitted changes included, with a revision of it, by --quick runs in pairs, and exits",
                "with 1 when it has become worse. Without a NAME: call.three-args, throughput.1-worker-human, replay."
            })
    private String revision;

    @Option(
            names = "--worse-than",
            paramLabel = "RATIO",
            defaultValue = "1.15",
            showDefaultValue = Visibility.ALWAYS,
            description = "With --against: how many times dearer is accepted.")
    private double limit;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "5",
            showDefaultValue = Visibility.ALWAYS,
            description = "With --against: how often each of the two is run, from 5.")
    private int pairs;

    boolean isWanted() {
        return revision != null;
    }

    /**
     * @param names rows of this tree's bench
     * @return the exit code
     */
    int run(List<String> names, Plan plan, Map<String, String> machine, PrintStream out)
            throws IOException, InterruptedException, UnusableException {
        if (!(limit >= 1) || pairs < Comparison.LEAST_PAIRS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--worse-than takes a ratio from 1, --pairs a number from " + Comparison.LEAST_PAIRS);
        }
        try (Checkout checkout = Checkout.of(Launcher.home().toAbsolutePath(), revision)) {
            Tree a = checkout.tree();
            Tree b = new Tree(Launcher.home().toAbsolutePath());
            Thread hook = new Thread(b::kill);
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                System.err.printf("emberlog bench: building %s%n", revision);
                try {
                    a.check(names);
                } catch (UnusableException e) {
                    throw new UnusableException(
                            "--against " + revision + " cannot be measured by its own bench: " + e.getMessage());
                }
                b.check(names);
                Pairs measured = measure(a, b, names, plan);
                machine.put("load after", Machine.load());
                machine.put("A", revision + " (" + checkout.hash().substring(0, 12) + ")");
                machine.put("B", "the commit above");
                return print(measured, machine, out);
            } finally {
                b.kill();
                removed(hook);
            }
        }
    }

    private static void removed(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM ends: the hook finds nothing to do
        }
    }

    /** Results by pair. */
    record Pairs(List<List<Result>> a, List<List<Result>> b) {}

    private Pairs measure(Tree a, Tree b, List<String> names, Plan plan) throws IOException, InterruptedException {
        Pairs measured = new Pairs(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < 2 * pairs; i++) {
            boolean first = i % 4 == 0 || i % 4 == 3; // A B B A
            System.err.printf("emberlog bench: pair %d of %d, %s%n", i / 2 + 1, pairs, first ? revision : "this tree");
            (first ? measured.a : measured.b).add((first ? a : b).measure(names, plan.directory()));
        }
        return measured;
    }

    private int print(Pairs measured, Map<String, String> machine, PrintStream out) throws UnusableException {
        machine.forEach((key, value) -> out.println("* " + key + ": " + value));
        List<Comparison> comparisons = compare(measured);
        List<String> damaged = damaged(measured);
        List<String[]> lines = new ArrayList<>();
        lines.add(new String[] {"row", "figure", "A", "B", "cost B/A", "spread", "verdict"});
        boolean worse = false;
        for (Comparison row : comparisons) {
            Comparison.Verdict verdict = row.verdict(limit);
            worse |= verdict == Comparison.Verdict.WORSE;
            lines.add(new String[] {
                row.row() + (damaged.contains(row.row()) ? " (!)" : ""),
                row.figure().title,
                Report.figure(row.a()),
                Report.figure(row.b()),
                ratio(row.cost()),
                ratio(row.low()) + " to " + ratio(row.high()),
                verdict.text
            });
        }
        out.println();
        Report.printLines(lines, out);
        out.println();
        out.printf(
                Locale.ROOT,
                "Medians of %d pairs. Cost above 1: B is slower. The limit is %s. %s%n",
                pairs,
                ratio(limit),
                worse ? "B has become WORSE." : "Nothing has become worse beyond it, as far as these runs can tell.");
        return worse || !damaged.isEmpty() ? ExitCodes.FINDINGS : ExitCodes.DONE;
    }

    /** Only what both have, in the order of B's. */
    static List<Comparison> compare(Pairs measured) throws UnusableException {
        Map<String, double[]> a = figures(measured.a);
        Map<String, double[]> b = figures(measured.b);
        List<Comparison> comparisons = new ArrayList<>();
        for (Result result : measured.b.get(0)) {
            boolean any = false;
            for (Figure figure : Figure.of(result)) {
                double[] of = a.get(key(result, figure));
                double[] with = b.get(key(result, figure));
                if (of != null && with != null && of.length == with.length) {
                    comparisons.add(Comparison.of(result.name(), figure, of, with));
                    any = true;
                }
            }
            if (!any) {
                throw new UnusableException(result.name() + " has no figure that both could be compared by");
            }
        }
        return comparisons;
    }

    private static String key(Result result, Figure figure) {
        return result.name() + ' ' + figure.title;
    }

    /** By row and figure, where every run has one. */
    private static Map<String, double[]> figures(List<List<Result>> runs) {
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        for (List<Result> run : runs) {
            for (Result result : run) {
                for (Figure figure : Figure.of(result)) {
                    figure.in(result)
                            .ifPresent(value -> figures.computeIfAbsent(key(result, figure), key -> new ArrayList<>())
                                    .add(value));
                }
            }
        }
        Map<String, double[]> complete = new LinkedHashMap<>();
        figures.forEach((key, values) -> {
            if (values.size() == runs.size()) {
                complete.put(
                        key, values.stream().mapToDouble(Double::doubleValue).toArray());
            }
        });
        return complete;
    }

    /** Rows that lost, doubled or refused something, in either tree. */
    private static List<String> damaged(Pairs measured) {
        List<String> names = new ArrayList<>();
        for (List<List<Result>> runs : List.of(measured.a, measured.b)) {
            for (List<Result> run : runs) {
                run.stream().filter(result -> !result.intact()).forEach(result -> names.add(result.name()));
            }
        }
        return names;
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}

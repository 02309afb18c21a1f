package io.emberlog.samples.demo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/** Tells the demo as it happens, and what came of it. One thread. */
final class Story {
    private static final String RESET = "\u001B[0m";
    private static final String BOLD = "\u001B[1m";
    private static final String DIM = "\u001B[2m";
    private static final String RED = "\u001B[1;31m";
    private static final String GREEN = "\u001B[1;32m";

    private static final int FIRST_WIDTH = 16;

    private final PrintStream out;
    private final boolean colour;
    private final long started = System.nanoTime();

    Story(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    void title(String text) {
        line("");
        line(in(BOLD, text));
        line("");
    }

    /** Something happened, now. */
    void happened(String text, Object... values) {
        line(in(DIM, String.format(Locale.ROOT, "%5.1f s  ", seconds())) + String.format(Locale.ROOT, text, values));
    }

    /** Something was done to someone, now. */
    void killed(String text, Object... values) {
        happened(in(RED, "kill -9") + "  " + text, values);
    }

    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    void result(DemoResult result) {
        line("");
        line("The judge knows only the workers' own acknowledgement files and the output text:");
        line("");
        table(result);
        line("");
        if (result.isWell()) {
            line(in(GREEN, "Everything acknowledged is in the output exactly once.")
                    + String.format(Locale.ROOT, "  (%.1f s)", result.seconds()));
        } else {
            line(in(RED, "Not as promised:"));
            if (result.masterExit() != 0) {
                line("  the master ended with " + result.masterExit() + " after SIGTERM");
            }
            if (result.death() == null) {
                line("  the output does not tell of the death of " + result.killed());
            }
            result.judgement().findings().forEach(finding -> line("  " + finding));
        }
        line("");
        Map<String, String> files = result.files();
        line("The lines   " + files.get("output_text"));
        line("as JSON     " + files.get("output_json"));
        line("all files   " + files.get("directory"));
        line("");
        line("Look further:");
        result.commands().forEach(command -> line("  " + in(BOLD, command)));
        line("");
    }

    private void table(DemoResult result) {
        StringBuilder head = new StringBuilder(pad("worker"));
        for (String column : DemoResult.COLUMNS) {
            head.append("  ").append(column.replace('_', ' '));
        }
        line("  " + in(DIM, head.toString()));
        for (Map<String, Object> worker : result.judgement().workers()) {
            String name = worker.get("worker").toString();
            StringBuilder row = new StringBuilder(pad(name.equals(result.killed()) ? name + " (killed)" : name));
            for (String column : DemoResult.COLUMNS) {
                String cell = String.format(Locale.ROOT, "%,d", (Long) worker.get(column));
                boolean bad = !column.equals("acknowledged") && !column.equals("delivered") && !cell.equals("0");
                row.append("  ")
                        .append(" ".repeat(Math.max(0, column.length() - cell.length())))
                        .append(bad ? in(RED, cell) : cell);
            }
            line("  " + row);
        }
    }

    private static String pad(String text) {
        return text + " ".repeat(Math.max(0, FIRST_WIDTH - text.length()));
    }

    private String in(String style, String text) {
        return colour ? style + text + RESET : text;
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }
}

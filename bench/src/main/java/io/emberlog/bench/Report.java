package io.emberlog.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results as Markdown, ready for {@code docs/performance.md}, with plots, and as JSON. */
final class Report {
    /** What is smaller needs more. */
    private static final double LEAST_OF_TWO_PLACES = 0.1;

    private Report() {}

    static void print(Map<String, String> machine, List<Result> results, PrintStream out) {
        print(machine, tables(results), Map.of(), out);
    }

    private static Map<String, List<Result>> tables(List<Result> results) {
        Map<String, List<Result>> tables = new LinkedHashMap<>();
        for (Result result : results) {
            tables.computeIfAbsent(result.table(), name -> new ArrayList<>()).add(result);
        }
        return tables;
    }

    /** @param plots name of each table that has one to its file */
    private static void print(
            Map<String, String> machine, Map<String, List<Result>> tables, Map<String, Path> plots, PrintStream out) {
        machine.forEach((key, value) -> out.println("* " + key + ": " + value));
        tables.forEach((name, rows) -> {
            out.println();
            printTable(name, rows, out);
            if (plots.containsKey(name)) {
                out.println();
                out.println("![" + name + "](" + plots.get(name).getFileName() + ")");
            }
        });
    }

    /**
     * The same as a file of its own, in directories that may have to be made, and beside it a plot for each table of more than
     * one row that has one.
     *
     * @return the files
     */
    static List<Path> save(String title, Map<String, String> machine, List<Result> results, Path file)
            throws IOException {
        Files.createDirectories(file.getParent());
        Map<String, List<Result>> tables = tables(results);
        Map<String, Path> plots = new LinkedHashMap<>();
        for (Map.Entry<String, List<Result>> table : tables.entrySet()) {
            Plot plot = Plot.of(table.getKey());
            if (plot != null && table.getValue().size() > 1) {
                String name = file.getFileName().toString().replaceAll("\\.md$", "") + "-" + table.getKey() + ".svg";
                plots.put(
                        table.getKey(),
                        Files.writeString(file.resolveSibling(name), plot.draw(table.getKey(), table.getValue())));
            }
        }
        try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
            out.println("# " + title);
            out.println();
            print(machine, tables, plots, out);
            if (out.checkError()) {
                throw new IOException("could not write all of " + file);
            }
        }
        List<Path> files = new ArrayList<>(List.of(file));
        files.addAll(plots.values());
        return files;
    }

    private static void printTable(String name, List<Result> rows, PrintStream out) {
        List<String[]> lines = new ArrayList<>();
        List<String> columns = List.copyOf(rows.get(0).figures().keySet());
        String[] head = new String[columns.size() + 1];
        head[0] = name;
        for (int i = 0; i < columns.size(); i++) {
            head[i + 1] = columns.get(i);
        }
        lines.add(head);
        for (Result row : rows) {
            String[] line = new String[head.length];
            line[0] = row.row() + (row.intact() ? "" : " (!)");
            for (int i = 0; i < columns.size(); i++) {
                line[i + 1] = figure(row.figures().get(columns.get(i)));
            }
            lines.add(line);
        }
        printLines(lines, out);
    }

    /** The first line is the table's head. */
    static void printLines(List<String[]> lines, PrintStream out) {
        int[] widths = new int[lines.get(0).length];
        for (String[] line : lines) {
            for (int i = 0; i < line.length; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        for (int i = 0; i < lines.size(); i++) {
            out.println(line(lines.get(i), widths));
            if (i == 0) {
                out.println(rule(widths));
            }
        }
    }

    private static String line(String[] cells, int[] widths) {
        StringBuilder text = new StringBuilder("|");
        for (int i = 0; i < cells.length; i++) {
            String gap = " ".repeat(widths[i] - cells[i].length());
            text.append(' ').append(i == 0 ? cells[i] + gap : gap + cells[i]).append(" |");
        }
        return text.toString();
    }

    private static String rule(int[] widths) {
        StringBuilder text = new StringBuilder("|");
        for (int i = 0; i < widths.length; i++) {
            text.append("-".repeat(widths[i] + (i == 0 ? 2 : 1))).append(i == 0 ? "|" : ":|");
        }
        return text.toString();
    }

    /** Three digits that mean something; counts in full. */
    static String figure(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        if (value == Math.rint(value) || Math.abs(value) >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (Math.abs(value) < LEAST_OF_TWO_PLACES) {
            return new BigDecimal(value).round(new MathContext(2)).toPlainString();
        }
        return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
    }

    static void printJson(Map<String, String> machine, List<Result> results, PrintStream out) {
        StringBuilder json = new StringBuilder("{\n  \"machine\": {");
        String comma = "";
        for (Map.Entry<String, String> fact : machine.entrySet()) {
            json.append(comma).append("\n    ").append(quoted(fact.getKey())).append(": ");
            json.append(quoted(fact.getValue()));
            comma = ",";
        }
        json.append("\n  },\n  \"results\": [");
        comma = "";
        for (Result result : results) {
            json.append(comma).append("\n    {\"name\": ").append(quoted(result.name()));
            json.append(", \"intact\": ").append(result.intact()).append(", \"figures\": {");
            String inner = "";
            for (Map.Entry<String, Double> figure : result.figures().entrySet()) {
                json.append(inner).append(quoted(figure.getKey())).append(": ");
                json.append(
                        figure.getValue().isNaN() ? "null" : figure.getValue().toString());
                inner = ", ";
            }
            json.append("}}");
            comma = ",";
        }
        out.println(json.append("\n  ]\n}"));
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}

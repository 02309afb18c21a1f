package io.emberlog.samples.judge;

import java.io.PrintStream;
import java.util.List;

/** Rows of text in columns: the first to the left, the others, numbers, to the right. */
final class Table {
    private Table() {}

    static void print(PrintStream out, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                String padding = " ".repeat(widths[column] - cell.length());
                line.append(column == 0 ? cell + padding : "  " + padding + cell);
            }
            out.println(line);
        }
    }
}

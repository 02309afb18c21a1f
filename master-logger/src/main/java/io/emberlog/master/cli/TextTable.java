package io.emberlog.master.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns as wide as their widest cell; a heading that ends in {@code >} is that of numbers, to the right. One thread. */
final class TextTable {
    private static final String BOLD = "\u001B[1m";
    private static final String RESET = "\u001B[0m";

    private final PrintWriter out;
    private final boolean colour;
    private final List<String[]> cells = new ArrayList<>();
    private final List<String[]> paints = new ArrayList<>();
    private final boolean[] right;

    TextTable(PrintWriter out, boolean colour, String... headings) {
        this.out = out;
        this.colour = colour;
        right = new boolean[headings.length];
        String[] head = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].endsWith(">");
            head[i] = right[i] ? headings[i].substring(0, headings[i].length() - 1) : headings[i];
        }
        add(head);
        for (int i = 0; i < head.length; i++) {
            paint(i, BOLD);
        }
    }

    void add(String... row) {
        cells.add(row);
        paints.add(new String[row.length]);
    }

    /** Of the row added last. */
    void paint(int column, String sequence) {
        paints.get(paints.size() - 1)[column] = sequence;
    }

    void print() {
        int[] widths = new int[right.length];
        for (String[] row : cells) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
            }
        }
        for (int r = 0; r < cells.size(); r++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = cells.get(r)[i];
                String paint = paints.get(r)[i];
                String pad = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
                line.append(i == 0 ? "" : "  ")
                        .append(right[i] ? pad : "")
                        .append(painted(cell, paint))
                        .append(right[i] || i == widths.length - 1 ? "" : pad);
            }
            out.println(line);
        }
    }

    private String painted(String text, String sequence) {
        return colour && sequence != null && !sequence.isEmpty() ? sequence + text + RESET : text;
    }
}

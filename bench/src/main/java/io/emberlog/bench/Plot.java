package io.emberlog.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a table is drawn: a panel beside the other for each of some of its figures, with points over another figure or with a
 * bar a row.
 *
 * @param over the figure of the horizontal axis, which is by its logarithm; null for bars
 */
record Plot(String over, List<Panel> panels) {
    /**
     * One figure of each row.
     *
     * @param unit where the figure's name does not say it; else empty
     * @param log whether its axis is by the logarithm
     */
    record Panel(String figure, String unit, boolean log) {
        private String title() {
            return figure + (unit.isEmpty() ? "" : ", " + unit);
        }

        private Axis axis(List<Result> rows) {
            double[] values = rows.stream().mapToDouble(row -> of(row)).toArray();
            return log ? Axis.ofPowers(values) : Axis.fromZero(values);
        }

        private double of(Result row) {
            return row.figures().getOrDefault(figure, Double.NaN);
        }
    }

    private static final double MARGIN = 16;
    private static final double TITLE = 48;
    private static final double PANEL_TITLE = 38;
    private static final double PANEL = 330;
    private static final double HEIGHT = 200;
    private static final double AXIS = 52;
    private static final double UNDER = 44;
    private static final double BAR = 18;
    private static final double BAR_STEP = 28;
    private static final double LETTER = 7;
    /** For what stands behind the longest bar. */
    private static final double BEHIND = 64;

    /** Between the axis and the first point, and behind the last one. */
    private static final double INSET = 24;

    private static final double BESIDE = 6;
    private static final double BASELINE = 4;

    static Plot lines(String over, Panel... panels) {
        return new Plot(over, List.of(panels));
    }

    static Plot bars(Panel... panels) {
        return new Plot(null, List.of(panels));
    }

    static Panel linear(String figure) {
        return new Panel(figure, "", false);
    }

    static Panel nanos(String figure) {
        return new Panel(figure, "ns", false);
    }

    static Panel log(String figure) {
        return new Panel(figure, "", true);
    }

    /** @return the drawing, as a file's content */
    String draw(String title, List<Result> rows) {
        return over == null ? drawBars(title, rows) : drawLines(title, rows);
    }

    private String drawLines(String title, List<Result> rows) {
        double panel = AXIS + PANEL;
        double height = TITLE + PANEL_TITLE + HEIGHT + UNDER + MARGIN;
        Svg svg = new Svg(panels.size() * panel + 2 * MARGIN, height, title);
        svg.text("title", MARGIN, TITLE / 2 + BASELINE, Svg.Anchor.START, title);
        for (int i = 0; i < panels.size(); i++) {
            drawLine(svg, panels.get(i), rows, MARGIN + i * panel + AXIS);
        }
        return svg.toString();
    }

    private void drawLine(Svg svg, Panel panel, List<Result> rows, double left) {
        double width = PANEL - 2 * MARGIN;
        double first = left + INSET;
        double inner = width - 2 * INSET;
        double top = TITLE + PANEL_TITLE;
        double bottom = top + HEIGHT;
        Axis up = panel.axis(rows);
        List<Result> placed = rows.stream()
                .filter(row -> value(row) > 0 && up.holds(panel.of(row)))
                .toList();
        svg.text("", left - AXIS / 2, TITLE + 2 * BASELINE, Svg.Anchor.START, panel.title());
        for (double tick : up.ticks()) {
            double y = bottom - HEIGHT * up.place(tick);
            svg.line("grid", left, y, left + width, y);
            svg.text("faint", left - BESIDE, y + BASELINE, Svg.Anchor.END, Axis.label(tick));
        }
        svg.text("faint", left + width / 2, bottom + UNDER - BASELINE, Svg.Anchor.MIDDLE, over);
        if (placed.isEmpty()) {
            return;
        }
        Axis along = Axis.through(placed.stream().map(this::value).sorted().toList());
        for (double tick : along.ticks()) {
            double x = first + inner * along.place(tick);
            svg.text("faint", x, bottom + BAR, Svg.Anchor.MIDDLE, Axis.label(tick));
        }
        List<double[]> places = new ArrayList<>();
        for (Result row : placed) {
            places.add(
                    new double[] {first + inner * along.place(value(row)), bottom - HEIGHT * up.place(panel.of(row))});
        }
        svg.path("line", places.stream().flatMapToDouble(Arrays::stream).toArray());
        for (int i = 0; i < placed.size(); i++) {
            double[] place = places.get(i);
            svg.point(placed.get(i).intact() ? "mark" : "bad", place[0], place[1]);
            svg.text("value", place[0], place[1] - 2 * BASELINE, Svg.Anchor.MIDDLE, label(panel, placed.get(i)));
        }
    }

    private double value(Result row) {
        return row.figures().getOrDefault(over, Double.NaN);
    }

    private static String label(Panel panel, Result row) {
        return Report.figure(panel.of(row)) + (row.intact() ? "" : " (!)");
    }

    private String drawBars(String title, List<Result> rows) {
        double names = 2 * MARGIN
                + LETTER
                        * rows.stream()
                                .mapToInt(row -> row.row().length())
                                .max()
                                .orElse(0);
        double bottom = TITLE + PANEL_TITLE + rows.size() * BAR_STEP;
        Svg svg = new Svg(names + panels.size() * PANEL + MARGIN, bottom + UNDER, title);
        svg.text("title", MARGIN, TITLE / 2 + BASELINE, Svg.Anchor.START, title);
        for (int i = 0; i < rows.size(); i++) {
            svg.text(
                    "",
                    names - BESIDE,
                    middle(i) + BASELINE,
                    Svg.Anchor.END,
                    rows.get(i).row());
        }
        for (int i = 0; i < panels.size(); i++) {
            drawBars(svg, panels.get(i), rows, names + i * PANEL, bottom);
        }
        return svg.toString();
    }

    private static double middle(int row) {
        return TITLE + PANEL_TITLE + (row + 0.5) * BAR_STEP;
    }

    private void drawBars(Svg svg, Panel panel, List<Result> rows, double left, double bottom) {
        double width = PANEL - BEHIND;
        Axis along = panel.axis(rows);
        svg.text("", left, TITLE + 2 * BASELINE, Svg.Anchor.START, panel.title());
        for (double tick : along.ticks()) {
            double x = left + width * along.place(tick);
            svg.line("grid", x, TITLE + PANEL_TITLE, x, bottom);
            svg.text("faint", x, bottom + BAR, Svg.Anchor.MIDDLE, Axis.label(tick));
        }
        for (int i = 0; i < rows.size(); i++) {
            Result row = rows.get(i);
            double end = left;
            if (along.holds(panel.of(row))) {
                end = left + width * along.place(panel.of(row));
                svg.bar(style(row), left, middle(i) - BAR / 2, end - left, BAR);
            }
            svg.text("value", end + BESIDE, middle(i) + BASELINE, Svg.Anchor.START, label(panel, row));
        }
    }

    /** Ours among peers; where there are none, all are. */
    private static String style(Result row) {
        if (!row.intact()) {
            return "bad";
        }
        return row.table().startsWith("peers-") && !row.row().startsWith("emberlog") ? "other" : "mark";
    }

    /** How that table is drawn; null where it is not. */
    static Plot of(String table) {
        return switch (table) {
            case Scaling.WORKERS -> lines("workers", linear(Throughput.RATE), linear(Throughput.CPU));
            case Scaling.SIZE -> lines("text B", log(Throughput.RATE), log(Throughput.BYTE_RATE));
            case Scaling.HANDLERS -> lines("handlers", linear(Throughput.RATE), linear(Throughput.CPU));
            case Scaling.JOURNAL -> bars(linear(Scaling.START), linear(Throughput.RATE));
            case Scaling.ROTATION -> bars(linear(Throughput.RATE), linear(Throughput.CPU));
            case "peers-call", "peers-call-two-args" -> bars(nanos("p50"), nanos("p99.9"));
            case "peers-throughput", "peers-throughput-4", "peers-throughput-ecs" ->
                bars(linear(Throughput.RATE), linear(Throughput.CPU));
            default -> null;
        };
    }
}

package io.emberlog.bench;

import java.util.Locale;

/**
 * A drawing, written down shape by shape. Its classes have two sets of colours, of which whoever shows it takes the one for
 * light or for dark surroundings; it brings its own ground, for it may stand on one that does not know which it is.
 */
final class Svg {
    private static final String STYLE = """
            <style>
            .ground { fill: #ffffff }
            text { fill: #1f2328; font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
            .title { font-size: 15px; font-weight: 600 }
            .value { stroke: #ffffff; stroke-width: 3; paint-order: stroke }
            .faint { fill: #59636e }
            .grid { stroke: #d1d9e0; stroke-width: 1 }
            .line { stroke: #0969da; stroke-width: 2; fill: none }
            .mark { fill: #0969da }
            .other { fill: #9aa4ae }
            .bad { fill: #cf222e }
            @media (prefers-color-scheme: dark) {
              .ground { fill: #0d1117 }
              text { fill: #f0f6fc }
              .value { stroke: #0d1117 }
              .faint { fill: #9198a1 }
              .grid { stroke: #3d444d }
              .line { stroke: #4493f8 }
              .mark { fill: #4493f8 }
              .other { fill: #656c76 }
              .bad { fill: #f85149 }
            }
            </style>
            """;

    /** Where a text has its place. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    private final StringBuilder out = new StringBuilder();

    Svg(double width, double height, String title) {
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\"", width, height);
        add(" viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n", width, height);
        out.append("<title>").append(escaped(title)).append("</title>\n").append(STYLE);
        add("<rect class=\"ground\" width=\"%.0f\" height=\"%.0f\" rx=\"6\"/>\n", width, height);
    }

    void text(String style, double x, double y, Anchor anchor, String text) {
        add("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" ", style, x, y);
        add("text-anchor=\"%s\">", anchor.name().toLowerCase(Locale.ROOT));
        out.append(escaped(text)).append("</text>\n");
    }

    void line(String style, double x1, double y1, double x2, double y2) {
        add("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", style, x1, y1, x2, y2);
    }

    void bar(String style, double x, double y, double width, double height) {
        add("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\"", style, x, y);
        add(" width=\"%.1f\" height=\"%.1f\" rx=\"2\"/>\n", width, height);
    }

    void point(String style, double x, double y) {
        add("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n", style, x, y);
    }

    /** @param places x and y, by turns */
    void path(String style, double... places) {
        add("<polyline class=\"%s\" points=\"", style);
        for (int i = 0; i + 1 < places.length; i += 2) {
            add(i == 0 ? "%.1f,%.1f" : " %.1f,%.1f", places[i], places[i + 1]);
        }
        out.append("\"/>\n");
    }

    private void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The whole file. */
    @Override
    public String toString() {
        return out + "</svg>\n";
    }
}

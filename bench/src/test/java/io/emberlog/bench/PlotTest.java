package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PlotTest {
    private static final double ROUNDED = 0.11;

    private static Result row(String name, boolean intact, double over, double value) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("over", over);
        figures.put("value", value);
        return new Result(name, figures, intact);
    }

    private static List<Result> rows() {
        return List.of(row("t.a", true, 1, 4), row("t.b", false, 10, 2), row("t.c", true, 1000, 1));
    }

    /** Well-formed, or it throws. */
    private static Element parse(String svg) throws Exception {
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getDocumentElement();
        assertThat(root.getTagName()).isEqualTo("svg");
        return root;
    }

    private static List<Element> all(Element root, String tag) {
        NodeList found = root.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    private static List<String> texts(Element root) {
        return all(root, "text").stream().map(Element::getTextContent).toList();
    }

    /** Where the line of the tick with that text is. */
    private static double tickY(Element root, String text) {
        Element label = all(root, "text").stream()
                .filter(element -> element.getAttribute("text-anchor").equals("end"))
                .filter(element -> element.getTextContent().equals(text))
                .findFirst()
                .orElseThrow();
        return all(root, "line").stream()
                .mapToDouble(line -> number(line, "y1"))
                .filter(y -> Math.abs(y - number(label, "y")) < 8)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void pointsStandWhereTheAxesSay() throws Exception {
        Element root = parse(Plot.lines("over", Plot.linear("value")).draw("t", rows()));
        List<Element> points = all(root, "circle");
        assertThat(points).hasSize(3);
        double first = number(points.get(0), "cx");
        double last = number(points.get(2), "cx");
        assertThat(number(points.get(1), "cx")).isEqualTo(first + (last - first) / 3, within(ROUNDED)); // 1, 10, 1000
        assertThat(number(points.get(0), "cy")).isEqualTo(tickY(root, "4"), within(ROUNDED));
        assertThat(number(points.get(1), "cy")).isEqualTo(tickY(root, "2"), within(ROUNDED));
        assertThat(number(points.get(2), "cy")).isEqualTo(tickY(root, "1"), within(ROUNDED));
        assertThat(texts(root)).contains("over", "value", "1", "10", "1,000");
    }

    @Test
    void aLogarithmicAxisHasEqualStepsForEqualFactors() throws Exception {
        List<Result> rows = List.of(row("t.a", true, 1, 100), row("t.b", true, 2, 10), row("t.c", true, 3, 1));
        List<Element> points = all(parse(Plot.lines("over", Plot.log("value")).draw("t", rows)), "circle");
        double one = number(points.get(1), "cy") - number(points.get(0), "cy");
        double two = number(points.get(2), "cy") - number(points.get(1), "cy");
        assertThat(one).isPositive().isEqualTo(two, within(ROUNDED));
    }

    @Test
    void barsAreAsLongAsTheirFigures() throws Exception {
        Element root = parse(Plot.bars(Plot.linear("value")).draw("t", rows()));
        List<Element> bars = all(root, "rect").subList(1, 4); // behind the ground
        double unit = number(bars.get(2), "width");
        assertThat(number(bars.get(0), "width")).isEqualTo(4 * unit, within(4 * ROUNDED));
        assertThat(number(bars.get(1), "width")).isEqualTo(2 * unit, within(2 * ROUNDED));
        assertThat(texts(root)).contains("a", "b", "c", "4", "2 (!)", "1");
    }

    @Test
    void whatIsNotIntactShows() throws Exception {
        Element lines = parse(Plot.lines("over", Plot.linear("value")).draw("t", rows()));
        assertThat(all(lines, "circle").stream().map(point -> point.getAttribute("class")))
                .containsExactly("mark", "bad", "mark");
        assertThat(texts(lines)).contains("2 (!)");
        assertThat(all(parse(Plot.bars(Plot.linear("value")).draw("t", rows())), "rect").stream()
                        .map(bar -> bar.getAttribute("class")))
                .containsExactly("ground", "mark", "bad", "mark");
    }

    @Test
    void oursStandOutAmongPeers() throws Exception {
        List<Result> rows = List.of(row("peers-call.emberlog", true, 1, 1), row("peers-call.tinylog", true, 1, 2));
        assertThat(all(parse(Plot.bars(Plot.linear("value")).draw("t", rows)), "rect").stream()
                        .map(bar -> bar.getAttribute("class")))
                .containsExactly("ground", "mark", "other");
    }

    @Test
    void aLabelMayHoldWhatXmlGivesAMeaning() throws Exception {
        Element root = parse(Plot.bars(Plot.linear("value"))
                .draw("a < b & \"c\" > d", List.of(row("t.<x> & ]]> y", true, 1, 2), row("t.z", true, 1, 1))));
        assertThat(texts(root)).contains("a < b & \"c\" > d", "<x> & ]]> y");
        assertThat(all(root, "title").get(0).getTextContent()).isEqualTo("a < b & \"c\" > d");
    }

    @Test
    void aFigureThatIsNotThereHasNoPointAndNoBar() throws Exception {
        List<Result> rows = List.of(row("t.a", true, 0, 1), row("t.b", true, 2, Double.NaN), row("t.c", true, 3, 1));
        assertThat(all(parse(Plot.lines("over", Plot.linear("value")).draw("t", rows)), "circle"))
                .hasSize(1);
        assertThat(all(parse(Plot.bars(Plot.linear("other")).draw("t", rows)), "rect"))
                .hasSize(1);
        assertThat(all(parse(Plot.lines("other", Plot.linear("value")).draw("t", rows)), "circle"))
                .isEmpty();
    }

    @Test
    void itHasColoursForLightAndForDarkSurroundings() throws Exception {
        Element root = parse(Plot.bars(Plot.linear("value")).draw("t", rows()));
        String style = all(root, "style").get(0).getTextContent();
        int dark = style.indexOf("@media (prefers-color-scheme: dark)");
        for (String shape : List.of(".ground", "text", ".grid", ".line", ".mark", ".other", ".bad")) {
            assertThat(style.indexOf(shape + " {")).as(shape).isBetween(0, dark);
            assertThat(style.indexOf(shape + " {", dark)).as(shape + ", dark").isPositive();
        }
    }
}

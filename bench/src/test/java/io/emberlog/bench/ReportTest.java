package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    Path temp;

    private static Result row(String name, double workers) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("workers", workers);
        figures.put(Throughput.RATE, 2.5);
        figures.put(Throughput.CPU, 0.5);
        return new Result(name, figures, true);
    }

    private List<Path> save(Result... results) throws Exception {
        return Report.save("first", Map.of("jdk", "17"), List.of(results), temp.resolve("2026-11-28-first.md"));
    }

    @Test
    void aTableThatHasAPlotLinksIt() throws Exception {
        List<Path> files = save(row("idle.a", 1), row("scaling-workers.a", 1), row("scaling-workers.b", 2));
        Path plot = temp.resolve("2026-11-28-first-scaling-workers.svg");
        assertThat(files).containsExactly(temp.resolve("2026-11-28-first.md"), plot);
        assertThat(Files.readString(plot)).startsWith("<svg ").endsWith("</svg>\n");
        List<String> lines = Files.readAllLines(files.get(0));
        assertThat(lines.get(lines.size() - 1)).isEqualTo("![scaling-workers](2026-11-28-first-scaling-workers.svg)");
        assertThat(lines.stream().filter(line -> line.startsWith("!["))).hasSize(1);
    }

    @Test
    void oneRowIsNoPlot() throws Exception {
        assertThat(save(row("scaling-workers.a", 1))).hasSize(1);
    }

    @Test
    void smallFiguresKeepTwoDigits() {
        assertThat(Report.figure(0.001294)).isEqualTo("0.0013");
        assertThat(Report.figure(0.0999)).isEqualTo("0.10");
        assertThat(Report.figure(0.5)).isEqualTo("0.50");
        assertThat(Report.figure(0)).isEqualTo("0");
        assertThat(Report.figure(1234.5)).isEqualTo("1,235");
        assertThat(Report.figure(Double.NaN)).isEqualTo("-");
    }
}

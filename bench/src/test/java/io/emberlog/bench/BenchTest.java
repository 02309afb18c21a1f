package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchTest {
    private static final int DONE = 0;
    private static final int USAGE = 2;

    @TempDir
    Path temp;

    private final StringWriter said = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new Bench())
                .setErr(new PrintWriter(said, true))
                .setOut(new PrintWriter(said, true))
                .execute(arguments);
    }

    @Test
    void tablesAndRowsCanBeNamed() {
        assertThat(run("--list", "call.slf4j", "call.mdc", "peers-call", "peers-survivors", "replay.text"))
                .isEqualTo(DONE);
    }

    @Test
    void whatGrowsIsATableEach() {
        assertThat(run(
                        "--list",
                        "scaling-workers.500-workers",
                        "scaling-size.100-kb",
                        "scaling-handlers.8-files",
                        "scaling-journal.50-gib",
                        "scaling-rotation.each-1-mib",
                        "memory"))
                .isEqualTo(DONE);
    }

    @Test
    void namesAreUnique() {
        assertThat(Bench.all().stream().map(Benchmark::name)).doesNotHaveDuplicates();
    }

    @Test
    void aNameThatIsNoBenchmarkIsRefused() {
        assertThat(run("--list", "peers-cal")).isEqualTo(USAGE);
        assertThat(said).asString().contains("there is no benchmark 'peers-cal'");
    }

    @Test
    void aTitleThatIsNoFileNameIsRefusedBeforeAnythingIsMeasured() {
        for (String title : List.of("../first", "", "a b", ".hidden")) {
            assertThat(run("--quick", "idle.0-workers", "--save", title)).isEqualTo(USAGE);
        }
        assertThat(said).asString().contains("--save ../first: letters, digits");
    }

    @Test
    void aSavedReportIsTheTitleTheMachineAndTheTables() throws Exception {
        Path file = temp.resolve("results").resolve("first.md");
        Map<String, Double> figures = new LinkedHashMap<>(Map.of("ns", 12.5));
        Report.save("first", Map.of("jdk", "17"), List.of(new Result("call.literal", figures, false)), file);
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "# first",
                        "",
                        "* jdk: 17",
                        "",
                        "| call        |   ns |",
                        "|-------------|-----:|",
                        "| literal (!) | 12.5 |");
    }
}

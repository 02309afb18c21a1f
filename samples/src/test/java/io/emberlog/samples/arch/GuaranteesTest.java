package io.emberlog.samples.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/guarantees.md promises nothing without a test. */
class GuaranteesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    @Test
    void everyGuaranteeNamesATestThatIsThere() throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(ROOT)) {
            sources = files.filter(file -> file.toString().contains("/src/test/java/"))
                    .filter(file -> file.toString().endsWith("Test.java"))
                    .toList();
        }
        Set<String> missing = new LinkedHashSet<>();
        List<String> lines = Files.readAllLines(ROOT.resolve("docs/guarantees.md"));
        for (String line : lines) {
            boolean row = line.startsWith("| ") && !line.startsWith("| what happens");
            Matcher test = TEST.matcher(line);
            assertThat(!row || test.find()).as("a test in: " + line).isTrue();
            test.reset();
            while (test.find()) {
                if (!isThere(sources, test.group(1), test.group(2))) {
                    missing.add(test.group());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static boolean isThere(List<Path> sources, String type, String method) throws IOException {
        for (Path source : sources) {
            if (source.endsWith(type + ".java") && Files.readString(source).contains("void " + method + "(")) {
                return true;
            }
        }
        return false;
    }
}

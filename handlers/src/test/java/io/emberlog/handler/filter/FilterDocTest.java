package io.emberlog.handler.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/filters.md shows is what is read. */
class FilterDocTest {
    private static final Path PAGE = Path.of("..", "docs", "filters.md");
    private static final Path JAVADOC = Path.of("src/main/java/io/emberlog/handler/filter/FilterExpression.java");

    @Test
    void eachExampleIsRead() throws IOException {
        List<String> examples = new ArrayList<>();
        for (String block : blocks("filter")) {
            examples.addAll(block.lines().toList());
        }
        assertThat(examples).hasSizeGreaterThan(10);
        for (String example : examples) {
            assertThat(FilterExpression.parse(FilterExpression.parse(example).toString()))
                    .as(example)
                    .isEqualTo(FilterExpression.parse(example));
        }
    }

    @Test
    void everyNameIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        for (String name : Subject.names()) {
            assertThat(page).contains("`" + name + "`");
        }
    }

    @Test
    void theGrammarIsThatOfTheJavadoc() throws IOException {
        String grammar = blocks("ebnf").get(0);
        String javadoc = Files.readString(JAVADOC);
        int start = javadoc.indexOf("{@code\n * expression") + "{@code\n".length();
        String inCode = javadoc.substring(start, javadoc.indexOf(" * }</pre>")).replaceAll("(?m)^ \\* ", "");
        assertThat(inCode).isEqualTo(grammar);
    }

    private static List<String> blocks(String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(Files.readString(PAGE));
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }
}

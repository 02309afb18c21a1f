package io.emberlog.handler.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageWriterTest {
    /** Four people with skin tones, joined: one grapheme of 19 code units. */
    private static final String FAMILY =
            "\uD83D\uDC69\uD83C\uDFFD\u200D\uD83D\uDC69\uD83C\uDFFD\u200D\uD83D\uDC67\uD83C\uDFFD\u200D\uD83D\uDC66\uD83C\uDFFD";

    private static final String[] PIECES = {
        "a",
        "&",
        "<",
        ">",
        "`",
        "```",
        "*",
        "_",
        "@everyone",
        "<@123>",
        "<!channel>",
        "[x](http://y)",
        "\\",
        "~~",
        "||",
        "\u05E9\u05DC\u05D5\u05DD",
        "\uD83D\uDE00",
        FAMILY,
        "e\u0301",
        "\u202E",
        " ",
        "word ",
        "http://evil.example/",
        "&amp;",
        "</pre>",
        "\n"
    };

    static Stream<Markup> markups() {
        return Stream.of(new DiscordMarkup(), new TelegramMarkup(), new SlackMarkup());
    }

    private static String hostile(SplittableRandom random, int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("markups")
    void everyMessageIsWithinTheLimitAndWhole(Markup markup) {
        SplittableRandom random = new SplittableRandom(42);
        for (int round = 0; round < 200; round++) {
            MessageWriter writer = new MessageWriter(markup, 1 + random.nextInt(8));
            for (int i = random.nextInt(6); i >= 0; i--) {
                if (random.nextBoolean()) {
                    writer.line(hostile(random, random.nextInt(400)).replace('\n', ' '), random.nextBoolean());
                } else {
                    writer.code(hostile(random, random.nextInt(1500)));
                }
            }
            assertSound(writer.messages(), markup);
        }
    }

    private static void assertSound(List<String> messages, Markup markup) {
        for (String message : messages) {
            assertThat(message.length()).isLessThanOrEqualTo(markup.limit());
            assertThat(message.codePoints()).noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
            assertThat(count(message, markup.codeStart().strip()))
                    .as(message)
                    .isEqualTo(
                            markup.codeStart().strip().equals(markup.codeEnd().strip())
                                    ? count(message, markup.codeEnd().strip()) / 2 * 2
                                    : count(message, markup.codeEnd().strip()));
            if (!(markup instanceof DiscordMarkup)) {
                assertThat(message.replaceAll("</?(b|pre)>", "")).doesNotContainPattern("[<>]|&(?!(amp|lt|gt);)");
            }
        }
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }

    @Test
    void codeThatIsSplitIsCodeInEachMessage() {
        MessageWriter writer = new MessageWriter(new DiscordMarkup(), 10);
        writer.line("head", true);
        writer.code("x".repeat(70) + ("\n" + "y".repeat(70)).repeat(60));
        List<String> messages = writer.messages();
        assertThat(messages).hasSize(3).allMatch(message -> message.endsWith("y\n```"));
        assertThat(messages.get(0)).startsWith("**head**\n```\nxxx");
        assertThat(messages.get(1)).startsWith("```\nyyy");
        assertThat(String.join("", messages).replaceAll("[^y]", "")).hasSize(60 * 70);
    }

    @Test
    void aLineIsNotSplitWhereItFitsIntoTheNextMessage() {
        MessageWriter writer = new MessageWriter(new DiscordMarkup(), 10);
        writer.line("a".repeat(1500), false);
        writer.line("b".repeat(1500), false);
        assertThat(writer.messages()).containsExactly("a".repeat(1500), "b".repeat(1500));
    }

    @Test
    void graphemesAndEntitiesAreNotSplit() {
        MessageWriter writer = new MessageWriter(new TelegramMarkup(), 10);
        writer.code((FAMILY + "&").repeat(300));
        List<String> messages = writer.messages();
        assertThat(messages).hasSizeGreaterThan(1);
        for (String message : messages) {
            assertThat(message.replace(FAMILY, "").replace("&amp;", "")).isEqualTo("<pre></pre>");
        }
        assertThat(String.join("", messages).replace("<pre>", "").replace("</pre>", ""))
                .isEqualTo((FAMILY + "&amp;").repeat(300));
    }

    @Test
    void aLetterUnderAHeapOfMarksIsSplitNeverthelessAndNotInASurrogatePair() {
        MessageWriter writer = new MessageWriter(new DiscordMarkup(), 10);
        writer.line("a" + "\uD834\uDD65".repeat(3000), false); // a combining mark outside the BMP
        assertSound(writer.messages(), new DiscordMarkup());
    }

    @Test
    void theLastMessageSaysThatMoreWasCut() {
        MessageWriter writer = new MessageWriter(new SlackMarkup(), 2);
        writer.code("z".repeat(20_000));
        writer.line("never seen", false);
        List<String> messages = writer.messages();
        assertThat(messages).hasSize(2);
        assertThat(messages.get(1)).endsWith("z\n```\n... [cut]").hasSizeLessThanOrEqualTo(3000);
    }

    @Test
    void whatHasAMeaningIsShownAsItIs() {
        assertThat(new DiscordMarkup().text("**@everyone** [x](y) `z`"))
                .isEqualTo("\\*\\*\\@\u200beveryone\\*\\* \\[x\\]\\(y\\) \\`z\\`");
        assertThat(new DiscordMarkup().code("``` @everyone")).isEqualTo("`\u200b`\u200b`\u200b @everyone");
        assertThat(new TelegramMarkup().text("<b> & </b>")).isEqualTo("&lt;b&gt; &amp; &lt;/b&gt;");
        assertThat(new SlackMarkup().text("<!channel> *x*")).isEqualTo("&lt;!channel&gt; *\u200bx*\u200b");
    }
}

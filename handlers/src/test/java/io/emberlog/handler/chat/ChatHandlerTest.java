package io.emberlog.handler.chat;

import static io.emberlog.handler.SteppedCaller.SECOND_NS;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.SteppedCaller;
import io.emberlog.handler.fake.FakeDiscord;
import io.emberlog.handler.fake.FakeService;
import io.emberlog.handler.fake.FakeSlack;
import io.emberlog.handler.fake.FakeTelegram;
import io.emberlog.handler.webhook.WebhookHandlerFactory;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each chat against a fake of it that enforces its limits. */
class ChatHandlerTest {
    private static final String TOKEN = "123456:canaryTokenOfThisTest";
    private static final long MINUTE_NS = 60 * SECOND_NS;
    private static final long HOUR_NS = 60 * MINUTE_NS;

    @TempDir
    private static Path directory;

    private final SteppedCaller caller = new SteppedCaller();
    private final List<AutoCloseable> open = new ArrayList<>();
    private FakeDiscord discord;
    private FakeTelegram telegram;
    private FakeSlack slack;

    /** A chat, its fake, and what the fake was shown. */
    private record Chat(
            HandlerFactory factory, Map<String, Object> settings, FakeService fake, Supplier<List<String>> shown) {
        Handler create(Object... more) {
            Map<String, Object> all = new HashMap<>(settings);
            for (int i = 0; i < more.length; i += 2) {
                all.put((String) more[i], more[i + 1]);
            }
            return factory.create(HandlerSettings.of("test", factory.settings(), all));
        }
    }

    @BeforeEach
    void start() throws IOException {
        discord = new FakeDiscord("canaryTokenOfThisTest", caller::nanoTime);
        telegram = new FakeTelegram(TOKEN, caller::nanoTime);
        slack = new FakeSlack("canaryTokenOfThisTest", caller::nanoTime);
        open.addAll(List.of(discord, telegram, slack));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private Chat chat(String name) throws IOException {
        return switch (name) {
            case "discord" ->
                new Chat(
                        new DiscordHandlerFactory(),
                        Map.of("url", SecretFile.of(directory, "discord", discord.url())),
                        discord,
                        discord::messages);
            case "telegram" ->
                new Chat(
                        new TelegramHandlerFactory(),
                        Map.of(
                                "token",
                                SecretFile.of(directory, "telegram", TOKEN),
                                "chat_id",
                                FakeTelegram.CHAT,
                                "api_url",
                                telegram.origin()),
                        telegram,
                        telegram::messages);
            case "slack" ->
                new Chat(
                        new SlackHandlerFactory(),
                        Map.of("url", SecretFile.of(directory, "slack", slack.url())),
                        slack,
                        slack::messages);
            default ->
                new Chat(
                        new SlackHandlerFactory(),
                        Map.of(
                                "token",
                                SecretFile.of(directory, "slack-token", "canaryTokenOfThisTest"),
                                "channel",
                                FakeSlack.CHANNEL,
                                "api_url",
                                slack.apiUrl()),
                        slack,
                        slack::messages);
        };
    }

    static Stream<String> chats() {
        return Stream.of("discord", "telegram", "slack", "slack by method");
    }

    private static LogRecord error(String text) {
        return Records.of("md-1", "com.acme.Orders", 17, 0, text);
    }

    /** As a person sees it. */
    private static String seen(List<String> messages) {
        return String.join("\n", messages).replace("\u200b", "").replace("\\", "");
    }

    @ParameterizedTest
    @MethodSource("chats")
    void anErrorIsOneMessageWithItsTextItsExceptionAndWhere(String name) throws Exception {
        Chat chat = chat(name);
        caller.open(chat.create("title", "prod"));
        caller.handle(Records.full(), 3);
        caller.pass(11 * SECOND_NS, SECOND_NS);
        assertThat(chat.shown().get()).hasSize(1);
        assertThat(seen(chat.shown().get()))
                .contains("prod: OUTAGE x 3 in 1 s")
                .contains("order 42 filled at 101.25 for ada \"a\" venue=XETRA")
                .contains("java.io.IOException: gone\n    at com.acme.Orders.fill(Orders.java:42)")
                .contains("Caused by: java.net.SocketException: reset")
                .contains("com.acme.Orders; first 2026-01-15 10:30:45, last 10:30:45 UTC; md-1@myhost");
        assertThat(chat.fake().breaches()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("chats")
    void aStormOfManyProblemsStaysWithinTheLimitsAndCountsAll(String name) throws Exception {
        Chat chat = chat(name);
        caller.open(chat.create("group_wait", "0 s", "messages_per_hour", 3600L));
        LogRecord[] records = Stream.of("abcdefghijklmnopqrstuvwxyz".split(""))
                .map(letter -> error("failed at " + letter.repeat(1000)))
                .toArray(LogRecord[]::new);
        for (int i = 0; i < 10_000; i++) {
            caller.handle(records[i % records.length]);
            if (i % 100 == 0) {
                caller.pass(SECOND_NS / 5, SECOND_NS / 20);
            }
        }
        caller.pass(2 * HOUR_NS, SECOND_NS);
        assertThat(chat.fake().breaches()).isEmpty();
        assertThat(seen(chat.shown().get())).contains("over: ERROR x 385").contains("over: ERROR x 384");
        assertThat(chat.shown().get()).hasSizeLessThan(30);
    }

    @ParameterizedTest
    @MethodSource("chats")
    void hostileTextsAreShownAsTheyAreAndAreNoMarkup(String name) throws Exception {
        Chat chat = chat(name);
        Handler handler = chat.create("breadcrumbs", 20L, "sample_length", 20_000L);
        caller.open(handler);
        String hostile =
                "``` ```js @everyone <@123> <@&4> <!channel> <b>&amp;&#64; </pre> [a](http://b) **x** \u05E9\u05DC \u202E"
                        + "\uD83D\uDC69\uD83C\uDFFD\u200D\uD83D\uDE80 \0 \u0085 \\";
        handler.observe(Records.plain(1, hostile.repeat(30)));
        caller.handle(Records.of(hostile, hostile, 17, 1, hostile.repeat(3000)));
        caller.handle(Records.of("w", "l", 17, 1, "`".repeat(300_000)));
        caller.handle(Records.of("w", "m", 17, 1, "\uD83D\uDE00".repeat(75_000)));
        caller.handle(Records.of("w", "n", 17, 1, "a" + "\u0301".repeat(150_000)));
        caller.stop();
        assertThat(chat.fake().breaches()).isEmpty();
        assertThat(chat.shown().get()).hasSizeBetween(1, 5);
        assertThat(seen(chat.shown().get()))
                .contains("@everyone")
                .contains("<!channel>".replace("<", entity(name, "<", "&lt;")).replace(">", entity(name, ">", "&gt;")));
    }

    private static String entity(String name, String bare, String escaped) {
        return name.startsWith("slack") ? escaped : bare;
    }

    @ParameterizedTest
    @MethodSource("chats")
    void aServiceThatRefusesConnectionsForAnHourGetsAllOfItWhenItIsBack(String name) throws Exception {
        Chat chat = chat(name);
        caller.open(chat.create());
        chat.fake().refuse();
        for (int minute = 0; minute < 60; minute++) {
            caller.handle(error("order 7 failed"), 100);
            caller.pass(MINUTE_NS, SECOND_NS / 2);
        }
        chat.fake().heal();
        caller.pass(2 * MINUTE_NS, SECOND_NS / 2);
        assertThat(seen(chat.shown().get())).contains("ERROR x 6000");
        assertThat(chat.fake().breaches()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("chats")
    void whateverIsAnsweredInPlaceOfTheServiceDelaysAndLosesNothing(String name) throws Exception {
        List<FakeService.Trouble> troubles = List.of(
                request -> new FakeService.Answer(500, "{\"message\": \"500: Internal Server Error\", \"code\": 0}"),
                request -> new FakeService.Answer(503, Map.of("Retry-After", "20"), "<html>over capacity</html>"),
                request -> new FakeService.Answer(302, Map.of("Location", "http://127.0.0.1:1/"), ""),
                request -> new FakeService.Answer(404, "\0\u001b[2J not JSON {"),
                FakeService.HANG);
        Chat chat = chat(name);
        caller.open(chat.create("timeout", "200 ms"));
        caller.handle(error("order 7 failed"), 100);
        for (FakeService.Trouble trouble : troubles) {
            int before = caller.failures().size();
            chat.fake().trouble(trouble);
            caller.pass(15 * SECOND_NS, SECOND_NS);
            assertThat(caller.failures()).hasSizeGreaterThan(before);
            caller.skip(2 * MINUTE_NS);
        }
        chat.fake().heal();
        caller.pass(2 * MINUTE_NS, SECOND_NS);
        assertThat(seen(chat.shown().get())).contains("ERROR x 100");
        assertThat(caller.failures()).noneMatch(text -> text.contains("\u001b"));
    }

    @Test
    void discordsOwnWordForWhenToComeBackIsKept() throws Exception {
        Chat chat = chat("discord");
        caller.open(chat.create());
        discord.limitGlobally(90 * SECOND_NS);
        caller.handle(error("x"));
        caller.pass(80 * SECOND_NS, SECOND_NS / 10);
        assertThat(discord.requests()).hasSize(1);
        assertThat(caller.failures())
                .containsExactly("Discord wants no message for 80000 ms, for all that comes from this address");
        caller.pass(20 * SECOND_NS, SECOND_NS / 10);
        assertThat(discord.messages()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("chats")
    void aPauseThatTheServiceAsksForIsKept(String name) throws Exception {
        Chat chat = chat(name);
        caller.open(chat.create());
        switch (name) {
            case "discord" -> discord.limitGlobally(40 * SECOND_NS);
            case "telegram" -> telegram.limit(40 * SECOND_NS);
            default -> slack.limit(40 * SECOND_NS);
        }
        caller.handle(error("x"), 5);
        caller.pass(60 * SECOND_NS, SECOND_NS / 10);
        assertThat(chat.fake().requests()).as("asked, and when it was over").hasSize(2);
        assertThat(chat.fake().breaches()).isEmpty();
        assertThat(seen(chat.shown().get())).contains("ERROR x 5");
    }

    @Test
    void aLinkThatDiscordRefusesHoldsUpNoAlert() throws Exception {
        Chat chat = chat("discord");
        caller.open(chat.create());
        caller.handle(error("cannot reach " + FakeDiscord.HARMFUL_LINK), 7);
        caller.pass(20 * SECOND_NS, SECOND_NS / 10);
        assertThat(discord.messages()).hasSize(1);
        assertThat(seen(discord.messages())).contains("ERROR x 7").contains("(the service refused the text)");
        assertThat(caller.everythingSaid()).contains("Message blocked by harmful links filter");
        caller.handle(Records.of("md-1", "com.acme.Other", 17, 0, "another problem"));
        caller.pass(20 * SECOND_NS, SECOND_NS / 10);
        assertThat(seen(discord.messages())).contains("another problem");
    }

    @Test
    void aWebhookOfDiscordsThatIsGoneIsReportedInWordsAndWaits() throws Exception {
        Chat chat = chat("discord");
        caller.open(chat.create());
        discord.delete();
        caller.handle(error("x"));
        caller.pass(11 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures().get(0)).contains("Unknown Webhook").contains("make one in the channel's settings");
        assertThat(caller.behind()).isEqualTo(1);
    }

    @Test
    void discordsThreadsAreInTheAddress() throws Exception {
        Chat chat = chat("discord");
        caller.open(chat.create("thread_id", "77", "username", "Ember \"log\""));
        caller.handle(error("x"));
        caller.stop();
        assertThat(discord.requests().get(0).query()).isEqualTo("wait=true&thread_id=77");
        assertThat(discord.requests().get(0).body()).contains("\"username\":\"Ember \\\"log\\\"\"");
        assertThat(discord.breaches()).isEmpty();
    }

    @Test
    void telegramsErrorsAboutTheChatWait() throws Exception {
        Chat chat = chat("telegram");
        caller.open(chat.create("chat_id", "-5"));
        caller.handle(error("x"));
        caller.pass(11 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures().get(0)).contains("chat not found").contains("check chat_id");
        caller.kill();
        telegram.kick();
        caller.open(chat.create());
        caller.handle(error("x"));
        caller.pass(11 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures().get(caller.failures().size() - 1))
                .contains("bot was kicked")
                .contains("add it to the group");
        telegram.trouble(request -> new FakeService.Answer(
                400,
                "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: group chat was upgraded to a supergroup chat\","
                        + "\"parameters\":{\"migrate_to_chat_id\":-1009876543210}}"));
        caller.pass(11 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures().get(caller.failures().size() - 1)).contains("set chat_id = \"-1009876543210\"");
    }

    @Test
    void telegramsRetryAfterIsInTheBody() throws Exception {
        Chat chat = chat("telegram");
        caller.open(chat.create("thread_id", 9L));
        telegram.trouble(request -> new FakeService.Answer(
                429,
                "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after 34\","
                        + "\"parameters\":{\"retry_after\":34}}"));
        caller.handle(error("x"));
        caller.pass(10 * SECOND_NS, SECOND_NS);
        telegram.heal();
        caller.pass(33 * SECOND_NS, SECOND_NS);
        assertThat(telegram.requests()).hasSize(1);
        caller.pass(2 * SECOND_NS, SECOND_NS);
        assertThat(telegram.messages()).hasSize(1);
        assertThat(telegram.threads()).containsExactly(9L);
    }

    @Test
    void slacksErrorsAboutTheChannelWait() throws Exception {
        Chat chat = chat("slack");
        caller.open(chat.create("thread_ts", "1503435956.000247"));
        slack.failWebhook("no_service");
        caller.handle(error("x"));
        caller.pass(11 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures().get(0))
                .contains("404: no_service")
                .contains("check that the webhook at url still exists");
        slack.failWebhook(null);
        caller.pass(20 * SECOND_NS, SECOND_NS);
        assertThat(slack.threads()).containsExactly("1503435956.000247");
        caller.kill();
        caller.open(chat("slack by method").create("channel", "#nowhere"));
        caller.handle(error("y"));
        caller.pass(11 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures().get(caller.failures().size() - 1))
                .contains("channel_not_found")
                .contains("check token, channel");
    }

    @ParameterizedTest
    @MethodSource("chats")
    void breadcrumbsFollowTheError(String name) throws Exception {
        Chat chat = chat(name);
        Handler handler = chat.create("breadcrumbs", 20L);
        caller.open(handler);
        for (int i = 0; i < 30; i++) {
            handler.observe(Records.plain(i, "step " + i + " <of> `many`"));
        }
        caller.handle(error("failed"));
        caller.pass(20 * SECOND_NS, SECOND_NS);
        assertThat(seen(chat.shown().get()))
                .contains("Last records of the worker before it")
                .contains("step 10")
                .contains("step 29")
                .doesNotContain("step 9 ");
        assertThat(chat.fake().breaches()).isEmpty();
    }

    @Test
    void theseHandlersTellOfWarningsAndAboveUnlessTheyAreToldOtherwise() {
        assertThat(Stream.of(new DiscordHandlerFactory(), new TelegramHandlerFactory(), new SlackHandlerFactory()))
                .extracting(HandlerFactory::defaultMinLevel)
                .containsOnly(Level.WARN);
    }

    @Test
    void aSilenceThatNamesNoHandlerMutesThese() {
        assertThat(Stream.of(
                        new DiscordHandlerFactory(),
                        new TelegramHandlerFactory(),
                        new SlackHandlerFactory(),
                        new WebhookHandlerFactory()))
                .allMatch(HandlerFactory::alerts);
    }
}

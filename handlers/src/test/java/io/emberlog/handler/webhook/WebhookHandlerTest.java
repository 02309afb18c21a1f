package io.emberlog.handler.webhook;

import static io.emberlog.handler.SteppedCaller.SECOND_NS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.Records;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.SteppedCaller;
import io.emberlog.handler.fake.FakeService;
import io.emberlog.handler.fake.FakeWebhook;
import io.emberlog.handler.fake.JsonTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookHandlerTest {
    @TempDir
    private Path directory;

    private final SteppedCaller caller = new SteppedCaller();
    private FakeWebhook fake;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeWebhook(caller::nanoTime);
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    private Handler open(Object... pairs) throws IOException {
        Handler handler = create(SecretFile.of(directory, "url", fake.origin() + "/hook?x=1"), pairs);
        caller.open(handler);
        return handler;
    }

    private static Handler create(String url, Object... pairs) {
        Map<String, Object> given = new HashMap<>(Map.of("url", url));
        for (int i = 0; i < pairs.length; i += 2) {
            given.put((String) pairs[i], pairs[i + 1]);
        }
        WebhookHandlerFactory factory = new WebhookHandlerFactory();
        return factory.create(HandlerSettings.of("test", factory.settings(), given));
    }

    @Test
    void aGroupIsAJsonObjectUnlessABodyIsGiven() throws Exception {
        open("title", "prod \"1\"");
        caller.handle(Records.full(), 4);
        caller.pass(11 * SECOND_NS, SECOND_NS);
        FakeService.Request request = fake.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path() + '?' + request.query()).isEqualTo("/hook?x=1");
        assertThat(request.headers()).containsEntry("content-type", "application/json");
        Map<String, Object> body = JsonTree.object(request.body());
        assertThat(body)
                .containsEntry("title", "prod \"1\"")
                .containsEntry("occasion", "first")
                .containsEntry("level", "OUTAGE")
                .containsEntry("severity", 17L)
                .containsEntry("count", 4L)
                .containsEntry("total", 4L)
                .containsEntry("first", "2026-01-15T10:30:45Z")
                .containsEntry("workers", "md-1@myhost");
        assertThat(body.get("exception").toString()).startsWith("java.io.IOException: gone\n    at com.acme");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 409, 413, 422})
    void everyGroupIsARequestAndARefusedOneIsSentWithoutItsText(int status) throws Exception {
        open();
        fake.trouble(request -> request.body().contains("bad")
                ? new FakeService.Answer(status, "no")
                : new FakeService.Answer(200, ""));
        caller.handle(Records.of("w", "a", 17, 0, "good"));
        caller.handle(Records.of("w", "b", 17, 0, "bad"), 5);
        caller.stop();
        List<FakeService.Request> requests = fake.requests();
        assertThat(requests).hasSize(3);
        assertThat(JsonTree.object(requests.get(2).body()))
                .containsEntry("count", 5L)
                .containsEntry("message", "(the service refused the text)");
    }

    @Test
    void aTemplatesPlaceholdersAreEscapedForTheContentTypeAndNeverReadAgain() throws Exception {
        String hostile = "{level} \"quoted\" \\ <b> & line\u2028end {count} \uD83D\uDE00";
        open(
                "body",
                "{\"text\": \"{level}: {message}\", \"n\": {count}}",
                "method",
                "PUT",
                "headers",
                List.of("X-A: b: c", "X-Token: " + SecretFile.of(directory, "token", "t=1; u")));
        caller.handle(Records.of("w", "a", 17, 0, hostile));
        caller.stop();
        FakeService.Request request = fake.requests().get(0);
        assertThat(request.method()).isEqualTo("PUT");
        assertThat(request.headers()).containsEntry("x-a", "b: c").containsEntry("x-token", "t=1; u");
        assertThat(JsonTree.object(request.body()))
                .containsEntry("text", "ERROR: {level} \"quoted\" \\ <b> & line\\u2028end {count} \uD83D\uDE00")
                .containsEntry("n", 1L);
    }

    @Test
    void formsAndMarkupAreEscapedAsSuch() {
        Map<String, String> values = Map.of("message", "a&b=<c> \"'");
        assertThat(render("m={message}", "application/x-www-form-urlencoded", values))
                .isEqualTo("m=a%26b%3D%3Cc%3E+%22%27");
        assertThat(render("<m>{message}</m>", "text/xml", values)).isEqualTo("<m>a&amp;b=&lt;c&gt; &quot;&#39;</m>");
        assertThat(render("{message}", "text/plain", values)).isEqualTo("a&b=<c> \"'");
        assertThat(render("\"{message}\"", "application/json", Map.of("message", "\0\u007f\n\"\\")))
                .isEqualTo("\"\\u0000\\u007f\\n\\\"\\\\\"");
    }

    /** A record that could add fields to a form, or elements to a document. */
    @Test
    void aRecordAsJsonIsEscapedWhereTheBodyIsNone() {
        Map<String, String> values = Map.of("json", "{\"message\":\"a&admin=1<b>\"}");
        assertThat(json("payload={json}", "application/x-www-form-urlencoded", values))
                .isEqualTo("payload=%7B%22message%22%3A%22a%26admin%3D1%3Cb%3E%22%7D");
        assertThat(json("<r>{json}</r>", "application/xml", values))
                .isEqualTo("<r>{&quot;message&quot;:&quot;a&amp;admin=1&lt;b&gt;&quot;}</r>");
        assertThat(json("[{json}]", "application/json", values)).isEqualTo("[{\"message\":\"a&admin=1<b>\"}]");
        assertThat(json("{json}", "text/plain", values)).isEqualTo(values.get("json"));
    }

    private static String json(String template, String type, Map<String, String> values) {
        return new BodyTemplate(template, type, Set.of("json"), Set.of("json")).render(values);
    }

    private static String render(String template, String type, Map<String, String> values) {
        return new BodyTemplate(template, type, Set.of("message"), Set.of()).render(values);
    }

    @Test
    void theBodyIsSignedAndSecretsAreHeaders() throws Exception {
        open(
                "secret",
                SecretFile.of(directory, "key", "key"),
                "authorization",
                SecretFile.of(directory, "authorization", "Bearer abc"),
                "api_key",
                SecretFile.of(directory, "api-key", "xyz"));
        caller.handle(Records.of("w", "a", 17, 0, "Grüße"));
        caller.stop();
        FakeService.Request request = fake.requests().get(0);
        assertThat(request.headers())
                .containsEntry("authorization", "Bearer abc")
                .containsEntry("x-api-key", "xyz")
                .containsEntry(
                        "x-emberlog-signature",
                        "sha256="
                                + WebhookClient.signature("key", request.body().getBytes(StandardCharsets.UTF_8)));
    }

    /** The value that Wikipedia's article on HMAC and many implementations give for these. */
    @Test
    void theSignatureIsTheCommonOne() {
        byte[] text = "The quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.US_ASCII);
        assertThat(WebhookClient.signature("key", text))
                .isEqualTo("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
    }

    /** A conflict, too: an endpoint that has the record's id already says so for ever. */
    @ParameterizedTest
    @ValueSource(ints = {400, 409, 418, 422})
    void ofRecordsEachIsARequestAndOneThatIsRefusedIsPutAside(int status) throws Exception {
        Handler handler = open("mode", "records");
        fake.trouble(request -> request.body().contains("poison")
                ? new FakeService.Answer(status, "no")
                : new FakeService.Answer(200, ""));
        again(() -> caller.handle(Records.plain(1, "one")));
        again(() -> caller.handle(Records.plain(2, "poison")));
        again(() -> caller.handle(Records.plain(3, "three")));
        again(handler::flush);
        assertThat(JsonTree.object(fake.requests().get(0).body()))
                .containsEntry("message", "one")
                .containsEntry("seq", 1L);
        assertThat(fake.requests().get(fake.requests().size() - 1).body()).contains("three");
        assertThat(caller.reports())
                .singleElement()
                .asString()
                .startsWith("put aside 2: the webhook answered " + status + ": no");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 407, 408, 410, 415, 423, 425, 429, 500, 503})
    void noRecordIsPutAsideForWhatIsNoFaultOfIts(int status) throws Exception {
        Handler handler = open("mode", "records");
        fake.trouble(request -> new FakeService.Answer(status, "no"));
        caller.handle(Records.plain(1, "one"));
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(handler::flush).isInstanceOf(IOException.class);
            caller.skip(100 * SECOND_NS);
        }
        fake.heal();
        again(handler::flush);
        assertThat(caller.reports()).noneMatch(report -> report.contains("put aside"));
    }

    private Handler batches(Object... more) throws IOException {
        List<Object> pairs = new ArrayList<>(List.of("mode", "records", "batch_records", 4, "linger", "0 s"));
        pairs.addAll(List.of(more));
        return open(pairs.toArray());
    }

    private FakeService.Request sent(Handler handler, String... texts) throws Exception {
        for (int i = 0; i < texts.length; i++) {
            caller.handle(Records.plain(i + 1, texts[i]));
        }
        handler.flush();
        assertThat(fake.requests()).hasSize(1);
        return fake.requests().get(0);
    }

    @Test
    void aBatchIsAnArrayUnlessFramingSaysOtherwise() throws Exception {
        FakeService.Request request = sent(batches(), "one", "a\n\"b\"],[", "three");
        assertThat(request.headers()).containsEntry("content-type", "application/json");
        List<?> records =
                (List<?>) JsonTree.object("{\"all\":" + request.body() + '}').get("all");
        assertThat(records)
                .extracting(record -> ((Map<?, ?>) record).get("message"))
                .isEqualTo(List.of("one", "a\n\"b\"],[", "three"));
    }

    @Test
    void aBatchOfOneIsFramedAsTheOthersAre() throws Exception {
        assertThat(sent(batches("body", "{\"n\":{seq}}"), "one").body()).isEqualTo("[{\"n\":1}]");
    }

    @Test
    void ofLinesEachIsARecordWhateverIsInItsText() throws Exception {
        String body = "\n{\"m\": \"{message}\", \"all\": {json}}\n";
        FakeService.Request request =
                sent(batches("framing", "ndjson", "body", body), "one", "a\r\nb\u2028\u0085c", "3");
        assertThat(request.headers()).containsEntry("content-type", "application/x-ndjson");
        assertThat(request.body()).endsWith("}\n").doesNotContain("\r");
        String[] lines = request.body().split("\n", -1);
        assertThat(lines).hasSize(4);
        assertThat(lines[3]).isEmpty();
        assertThat(JsonTree.object(lines[1])).containsEntry("m", "a\r\nb\u2028\u0085c");
        assertThat(JsonTree.object(lines[2])).containsEntry("m", "3");
    }

    /** As Splunk's collector takes them. */
    @Test
    void concatenatedBodiesHaveNothingBetweenThem() throws Exception {
        FakeService.Request request = sent(
                batches("framing", "concatenated", "body", "{\"time\":{epoch},\"event\":\"{message}\"}"), "one", "two");
        assertThat(request.headers()).containsEntry("content-type", "application/json");
        assertThat(request.body())
                .isEqualTo("{\"time\":1768473045.124456789,\"event\":\"one\"}"
                        + "{\"time\":1768473045.125456789,\"event\":\"two\"}");
    }

    @Test
    void whatWasSaidOfTheTypeHolds() throws Exception {
        FakeService.Request request = sent(
                batches("framing", "concatenated", "body", "{message};\n", "content_type", "text/plain"), "one", "two");
        assertThat(request.headers()).containsEntry("content-type", "text/plain");
        assertThat(request.body()).isEqualTo("one;\ntwo;\n");
    }

    @Test
    void aRequestIsSentWhenItIsFullOrHasLingered() throws Exception {
        batches("batch_records", 2, "linger", "3 s", "body", "{seq}");
        for (int i = 1; i <= 5; i++) {
            caller.handle(Records.plain(i, "x"));
        }
        caller.pass(2 * SECOND_NS, SECOND_NS);
        assertThat(fake.requests()).extracting(FakeService.Request::body).containsExactly("[1,2]", "[3,4]");
        caller.pass(2 * SECOND_NS, SECOND_NS);
        assertThat(fake.requests()).extracting(FakeService.Request::body).containsExactly("[1,2]", "[3,4]", "[5]");
    }

    @Test
    void bytesEndABatch() throws Exception {
        Handler handler = batches("batch_records", 100, "batch_bytes", "1 KiB", "body", "{seq}");
        for (int i = 1; i <= 3; i++) {
            caller.handle(Records.plain(i, "x".repeat(600)));
        }
        handler.flush();
        assertThat(fake.requests()).extracting(FakeService.Request::body).containsExactly("[1]", "[2]", "[3]");
    }

    /** Taken exactly once here, as the endpoint takes a request whole or not at all. */
    @ParameterizedTest
    @ValueSource(ints = {400, 409, 413, 422})
    void ofABatchThatIsRefusedOnlyTheOneToBlameIsPutAside(int status) throws Exception {
        Handler handler = batches("batch_records", 8, "framing", "ndjson", "body", "\"{message}\"");
        List<String> taken = new CopyOnWriteArrayList<>();
        fake.trouble(request -> {
            if (request.body().contains("poison")) {
                return new FakeService.Answer(status, "no");
            }
            request.body().lines().forEach(taken::add);
            return new FakeService.Answer(200, "");
        });
        List<String> texts = List.of("a", "b", "c", "d", "e", "poison", "g", "h");
        for (int i = 0; i < texts.size(); i++) {
            caller.handle(Records.plain(i + 1, texts.get(i)));
        }
        again(handler::flush);
        assertThat(taken).containsExactly("\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\"", "\"g\"", "\"h\"");
        assertThat(caller.reports())
                .singleElement()
                .asString()
                .startsWith("put aside 6: the webhook answered " + status + ": no");
    }

    @Test
    void whatIsTooMuchAtOnceIsSentInParts() throws Exception {
        Handler handler = batches("batch_records", 8, "framing", "ndjson", "body", "{seq}");
        List<String> taken = new CopyOnWriteArrayList<>();
        fake.trouble(request -> {
            if (request.body().length() > 6) {
                return new FakeService.Answer(413, "");
            }
            request.body().lines().forEach(taken::add);
            return new FakeService.Answer(200, "");
        });
        for (int i = 1; i <= 8; i++) {
            caller.handle(Records.plain(i, "x"));
        }
        handler.flush();
        assertThat(taken).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
        assertThat(caller.reports()).isEmpty();
    }

    @Test
    void aBatchThatWaitsIsSentAgainWhole() throws Exception {
        Handler handler = batches("body", "{seq}");
        fake.trouble(request -> new FakeService.Answer(503, ""));
        caller.handle(Records.plain(1, "x"));
        caller.handle(Records.plain(2, "x"));
        assertThatThrownBy(handler::flush).isInstanceOf(IOException.class);
        fake.heal();
        again(handler::flush);
        assertThat(fake.requests()).extracting(FakeService.Request::body).containsExactly("[1,2]", "[1,2]");
    }

    /** The signature is of what goes over the network, so that it is checked before anything is unpacked. */
    @Test
    void aRequestIsPackedAndThenSigned() throws Exception {
        FakeService.Request request =
                sent(batches("compression", "gzip", "secret", SecretFile.of(directory, "key", "key")), "one", "Grüße");
        assertThat(request.headers())
                .containsEntry("content-encoding", "gzip")
                .containsEntry("content-length", Integer.toString(request.sent().length))
                .containsEntry("x-emberlog-signature", "sha256=" + WebhookClient.signature("key", request.sent()));
        assertThat(request.body()).startsWith("[{").contains("Grüße").endsWith("}]");
    }

    @Test
    void groupsArePackedToo() throws Exception {
        open("compression", "gzip");
        caller.handle(Records.of("w", "a", 17, 0, "x"));
        caller.stop();
        FakeService.Request request = fake.requests().get(0);
        assertThat(request.headers()).containsEntry("content-encoding", "gzip");
        assertThat(JsonTree.object(request.body())).containsEntry("message", "x");
    }

    @Test
    void aBatchThatNobodyCouldTakeApartIsRefusedByItsKey() {
        for (Object[] pair : new Object[][] {{"framing", "ndjson"}, {"linger", "2 s"}, {"batch_bytes", "2 MiB"}}) {
            refused(pair[0] + ": \"" + pair[1] + "\" has no effect, as a request holds one group", pair);
            refused(
                    pair[0] + ": \"" + pair[1] + "\" has no effect, as a request holds one record",
                    "mode",
                    "records",
                    pair[0],
                    pair[1]);
        }
        refused("batch_records: 2 has no effect with mode = \"groups\"", "batch_records", 2);
        refusedBatch("framing: \"array\" joins JSON", "content_type", "text/plain", "body", "{message}\n");
        refusedBatch(
                "framing: \"ndjson\" joins JSON",
                "framing",
                "ndjson",
                "content_type",
                "text/plain",
                "body",
                "{message}\n");
        refusedBatch("body: has several lines", "framing", "ndjson", "body", "{\n\"a\": {seq}\n}");
        refusedBatch("body: is no JSON once", "framing", "ndjson", "body", "{seq}, {seq}");
        refusedBatch("body: is no JSON once", "framing", "ndjson", "body", "{}{json}");
        refusedBatch("body: is a number or a word", "framing", "concatenated", "body", "{seq}");
        for (String framing : List.of("concatenated", "array")) {
            refusedBatch(
                    "framing: \"" + framing + "\" makes no lines",
                    "framing",
                    framing,
                    "content_type",
                    "application/x-ndjson",
                    "body",
                    "{\"m\":\"{message}\"}");
        }
        refusedBatch(
                "content_type: a form holds one record",
                "framing",
                "concatenated",
                "content_type",
                "application/x-www-form-urlencoded",
                "body",
                "m={message}");
        refusedBatch(
                "body: begins and ends with a placeholder",
                "framing",
                "concatenated",
                "content_type",
                "text/plain",
                "body",
                "{time} {message}");
    }

    private static void refusedBatch(String message, Object... more) {
        List<Object> pairs = new ArrayList<>(List.of("mode", "records", "batch_records", 2));
        pairs.addAll(List.of(more));
        refused(message, pairs.toArray());
    }

    private interface Call {
        void make() throws Exception;
    }

    /** As the master does after an {@link IOException}. */
    private void again(Call call) throws Exception {
        for (int tries = 0; ; tries++) {
            try {
                call.make();
                return;
            } catch (IOException e) {
                assertThat(tries).isLessThan(20);
                caller.skip(5 * SECOND_NS);
            }
        }
    }

    @Test
    void anEndpointThatIsAwayLosesNothing() throws Exception {
        open();
        fake.refuse();
        caller.handle(Records.of("w", "a", 17, 0, "x"), 9);
        caller.pass(60 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures()).isNotEmpty();
        fake.heal();
        caller.pass(120 * SECOND_NS, SECOND_NS);
        assertThat(JsonTree.object(fake.requests().get(0).body())).containsEntry("count", 9L);
    }

    @Test
    void whatCannotBeRightIsRefusedByItsKey() {
        refused("body: {mesage} is no placeholder; allowed: breadcrumbs, count, exception", "body", "{mesage}");
        refused("body: {count} is no placeholder", "body", "{count}", "mode", "records");
        refused("body: is no JSON once", "body", "{\"a\": {message}}");
        refused("body: is no JSON once", "body", "{\"a\": \"{json}\"}", "mode", "records");
        refused("body: is no JSON once", "body", "x", "content_type", "application/vnd.acme+json; charset=utf-8");
        create("env:X", "body", "{\"a\": {count}, \"b\": [{severity}]}");
        create("env:X", "body", "{}\n{\"a\": {json}}\n", "content_type", "application/x-ndjson", "mode", "records");
        refused("headers: Content-Encoding is set by the client", "headers", List.of("Content-Encoding: x"));
        refused("body: is missing", "content_type", "text/plain");
        refused("headers: one of them is none", "headers", List.of("no colon"));
        refused("headers: Host is set by the client", "headers", List.of("Host: x"));
        refused("headers: authorization is set by the client", "headers", List.of("authorization: env:X"));
        refused(
                "headers: X-KEY is set by",
                "headers",
                List.of("X-KEY: env:X"),
                "api_key",
                "env:X",
                "api_key_header",
                "x-key");
        refused("headers: x-a is there twice", "headers", List.of("X-A: 1", "x-a: 2"));
        for (String open : List.of("X-Auth-Token", "Cookie", "DD-API-KEY", "Proxy-Authorization")) {
            refused("headers: " + open + " is given in the open", "headers", List.of(open + ": hunter2"));
            create("env:X", "headers", List.of(open + ": env:X"));
        }
        refused("headers: one of them is none", "headers", List.of("env:X"));
        refused("headers: holds something else than a reference", "headers", List.of("X-A: env:a b"));
        refused("headers: is not a list", "headers", "Cookie: hunter2");
        refused("headers: one of them is none", "headers", List.of("X: a\r\nY: b"));
        refused("api_key_header: is no name of a header", "api_key_header", "a b");
        refused("content_type: is no content type", "content_type", "a\nb");
    }

    private static void refused(String message, Object... pairs) {
        assertThatThrownBy(() -> create("env:X", pairs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}

package io.emberlog.handler.redact;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.BatchEncoder;
import java.lang.management.ManagementFactory;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
    private static final List<String> ALL = List.of("secrets", "tokens", "cards", "emails");
    private static final int COUNT = 5_000;

    private static String message(List<String> words, LogRecord record) {
        LogRecord redacted = Redaction.of(words).redactor().redact(record);
        Utf8Buffer out = new Utf8Buffer(100);
        MessageRenderer.render(redacted.entry(), Escaper.RAW, out);
        return out.toString();
    }

    private static String text(String text) {
        return message(ALL, Records.plain(0, text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "login password=hunter2 ok | login password=*** ok",
                "PASSWORD = hunter2, user=ada | PASSWORD = ***, user=ada",
                "db_password: hunter2; next | db_password: ***; next",
                "userPassword='a b c' x | userPassword='***' x",
                "{\"password\":\"hun\\\"ter2\",\"a\":1} | {\"password\":\"***\",\"a\":1}",
                "{\\\"token\\\":\\\"abc\\\",\\\"a\\\":1} | {\\\"token\\\":\\\"***\\\",\\\"a\\\":1}",
                "?access_token=abc&x=1 | ?access_token=***&x=1",
                "X-Api-Key: abc | X-Api-Key: ***",
                "Authorization: Bearer abc.def | Authorization: ***",
                "authorization=Basic dXNlcjpwYXNz, b | authorization=***, b",
                "got Bearer abcdef123456 now | got Bearer *** now",
                "Basic dXNlcjpwYXNzd29yZA== | Basic ***",
                "Cookie: a=b; c=d | Cookie: ***",
                "Set-Cookie: id=1; Path=/ | Set-Cookie: ***",
                "client-secret = [abc] | client-secret = [***]",
                "jdbc:pg://ada:hunter2@db/x | jdbc:pg://ada:***@db/x",
                "https://u:p%40ss@host:80/ | https://u:***@host:80/",
                "-----BEGIN RSA PRIVATE KEY-----abc-----END RSA PRIVATE KEY----- after | *** after",
                "-----BEGIN PRIVATE KEY----- cut off | ***",
                "key AKIAIOSFODNN7EXAMPLE. | key ***.",
                "ghp_0123456789abcdefghijABCDEFGHIJ012345 | ***",
                "github_pat_11ABCDEFG0123456789_abcdefghij | ***",
                "slack xoxb-1234567890-abcdefghij! | slack ***!",
                "https://hooks.slack.com/services/T0/B0/abc | https://***",
                "https://discord.com/api/webhooks/1/ab-c_d x | https://*** x",
                "bot 123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8 | bot ***",
                "/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8/send | /***/send",
                "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs1 | ***",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.SflKxwRJSM | ***",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0 cut | *** cut",
                "M-eyJhbGciOiJI.eyJzdWIiOiIxIn0.x | M-***",
                "card 4111111111111111 | card ***",
                "card 4111 1111 1111 1111, 378282246310005. | card ***, ***.",
                "5555-5555-5555-4444 | ***",
                "mail ada.lovelace+x@example.co.uk. | mail ***.",
                "<ada@example.com>, bob@x.org | <***>, ***",
                "token: 4111 1111 1111 1111 | token: ***",
                "private_key=-----BEGIN RSA PRIVATE KEY-----abc def-----END RSA PRIVATE KEY----- after | private_key=*** after",
                "{\\\"memo\\\":\\\"a\\\\n4111111111111111 x\\\"} | {\\\"memo\\\":\\\"a\\\\n*** x\\\"}",
                "a\\tghp_0123456789abcdefghijABCDEFGHIJ012345 | a\\t***",
                "https://discord.com/api/v10/webhooks/1/ab-c_d x | https://*** x",
                "{\"X-Api-Key\":[\"a]b\\\"c\", \"d\"],\"a\":[1]} | {\"X-Api-Key\":[***],\"a\":[1]}",
                "{\\\"password\\\":[\\\"a\\\",\\\"b\\\"],\\\"a\\\":1} | {\\\"password\\\":[***],\\\"a\\\":1}",
                "{password=[a, b], user=[c]} | {password=[***], user=[c]}",
                "\"cvv\": [123, 456] \"token\": [ 'a b', 'cut off | \"cvv\": [***] \"token\": [***",
                "https://hooks.slack.com/triggers/T0/1/abc | https://***",
                "a\\npwd=hunter2 \\token=abc | a\\npwd=*** \\token=***",
                "secret=id-4111 1111 1111 1111 x | secret=*** x",
                "ya29.a0AfB_0123456789abcdefghij GOCSPX-0123456789abcdefghij | *** ***",
                "glrt-0123456789abcdefghij xoxc-1234567890 | *** ***",
            })
    void whatIsSecretIsMaskedAndNothingElse(String text, String masked) {
        assertThat(text(text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "order 42 filled at 101.25 for ada",
                "password is wrong",
                "password=[] token=[{",
                "password=",
                "bypass=true compass: north tokens=500 monkey=1",
                "if (token == null) x",
                "Token::new",
                "token -> x",
                "user@localhost and a@b and @Override and x@1.2",
                "4111111111111112 is no card",
                "1768473045123456789 and 1768473045123",
                "0.4111111111111111 4111111111111111.5",
                "a4111111111111111 41111111111111111111111",
                "Bearer of bad news, basic authentication failed",
                "-----BEGIN CERTIFICATE-----abc-----END CERTIFICATE-----",
                "at com.acme.Token.parse(Token.java:42)",
                "AKIA short, ghp_short, xoxb-1, eyJ.x.y, sk-kebab-case",
                "2026-01-15T10:30:45.123Z INFO md-1 [main]",
                "https://host:80/path?x=1#y",
                "4bf92f3577b34da6a3ce929d0e0e4736",
                "ring 00112233-4455-6677-8899-aabbccddeeff",
                "{} \\{} {",
            })
    void ordinaryTextComesOutAsTheVerySameRecord(String text) {
        LogRecord record = Records.plain(0, text);
        assertThat(Redaction.of(ALL).redactor().redact(record)).isSameAs(record);
        assertThat(Redaction.of(ALL).redactor().places(record)).isEmpty();
        LogRecord argument = Records.template("{}", text);
        assertThat(Redaction.of(ALL).redactor().redact(argument)).isSameAs(argument);
    }

    @Test
    void theFullRecordOfTheFormatsTestsIsOrdinary() {
        LogRecord record = Records.full();
        assertThat(Redaction.of(ALL).redactor().redact(record)).isSameAs(record);
        assertThat(Redaction.NONE.redactor().redact(record)).isSameAs(record);
    }

    @Test
    void eachWordFindsItsOwnAndNoOther() {
        String text = "password=a1 AKIAIOSFODNN7EXAMPLE 4111111111111111 ada@example.com iban=DE1 ORD-77 ORD-";
        assertThat(message(List.of("secrets"), Records.plain(0, text))).isEqualTo(text.replace("a1", "***"));
        assertThat(message(List.of("tokens"), Records.plain(0, text)))
                .isEqualTo(text.replace("AKIAIOSFODNN7EXAMPLE", "***"));
        assertThat(message(List.of("cards"), Records.plain(0, text)))
                .isEqualTo(text.replace("4111111111111111", "***"));
        assertThat(message(List.of("emails"), Records.plain(0, text)))
                .isEqualTo(text.replace("ada@example.com", "***"));
        assertThat(message(List.of("key:iban"), Records.plain(0, text))).isEqualTo(text.replace("DE1", "***"));
        assertThat(message(List.of("regex:ORD-\\d+"), Records.plain(0, text))).isEqualTo(text.replace("ORD-77", "***"));
        assertThat(message(List.of("regex:ORD-(\\d+)"), Records.plain(0, text)))
                .isEqualTo(text.replace("ORD-77", "ORD-***"));
        assertThat(message(List.of("regex:ORD-(\\d+)|iban=\\w+"), Records.plain(0, text)))
                .isEqualTo(text.replace("ORD-77", "ORD-***").replace("iban=DE1", "***"));
        assertThat(message(List.of("key:pem"), Records.plain(0, "pem=-----BEGIN PRIVATE KEY----- cut off")))
                .isEqualTo("pem=***");
    }

    @Test
    void anArgumentIsMaskedWhereItsTemplateSaysWhatItIs() {
        assertThat(message(ALL, Records.template("password={}", "hunter2"))).isEqualTo("password=***");
        assertThat(message(ALL, Records.template("password={} for {}", "hun ter2", "ada")))
                .isEqualTo("password=*** for ada");
        assertThat(message(ALL, Records.template("token {} expired", "abc"))).isEqualTo("token *** expired");
        assertThat(message(ALL, Records.template("secret [{}]", 42L))).isEqualTo("secret [***]");
        assertThat(message(ALL, Records.template("Authorization: Bearer {}", "abc")))
                .isEqualTo("Authorization: Bearer ***");
        assertThat(message(ALL, Records.template("Bearer {}", "abcdef123456"))).isEqualTo("Bearer ***");
        assertThat(message(ALL, Records.template("{}={}", "password", "hunter2")))
                .isEqualTo("password=***");
        assertThat(message(ALL, Records.template("{}@{}", "ada", "example.com")))
                .isEqualTo("***@***");
        assertThat(message(ALL, Records.template("card {}", 4111111111111111L))).isEqualTo("card ***");
        assertThat(message(ALL, Records.template("card 4111 1111 {}", "1111 1111")))
                .isEqualTo("card 4111 1111 ***");
        assertThat(message(ALL, Records.template("password={} {}", null, "x"))).isEqualTo("password=null x");
    }

    @Test
    void placeholdersStayWhatTheyAre() {
        assertThat(message(ALL, Records.template("password=x{}y {}", "a", "b"))).endsWith(" b");
        assertThat(message(ALL, Records.template("{\"password\":\"{}\"} {}", "a", "b")))
                .isEqualTo("{\"password\":\"***\"} b");
        assertThat(message(ALL, Records.template("password=\\{} {}", "a"))).endsWith(" a");
        assertThat(message(ALL, Records.template("password=\\\\{} {}", "a", "b")))
                .endsWith(" b");
        assertThat(message(ALL, Records.template("password='{} {}' {}", "a", "b", "c")))
                .endsWith(" c")
                .doesNotContain("a b");
    }

    @Test
    void fieldsAndTheMdcAreMaskedByTheirKeys() {
        LogRecord record = Records.record(0, 9, encoder -> {
            encoder.text(TEMPLATE, "x");
            encoder.beginPairs(FIELDS);
            pair(encoder, "Password", () -> encoder.putNullable("hunter2"));
            pair(encoder, "api-key", () -> encoder.putLong(42));
            pair(encoder, "venue", () -> encoder.putNullable("XETRA"));
            pair(encoder, "secret", () -> encoder.putNullable(null));
            pair(encoder, "token", () -> encoder.putNullable(""));
            encoder.endPairs();
            encoder.beginPairs(MDC);
            pair(encoder, "authorization", () -> encoder.putNullable("Bearer abc"));
            pair(encoder, "note", () -> encoder.putNullable("mail ada@example.com"));
            encoder.endPairs();
        });
        Redactor redactor = Redaction.of(ALL).redactor();
        LogRecord redacted = redactor.redact(record);
        assertThat(json(redacted))
                .contains("\"fields\":{\"Password\":\"***\",\"api-key\":\"***\",\"venue\":\"XETRA\",\"secret\":null,"
                        + "\"token\":\"***\"}")
                .contains("\"mdc\":{\"authorization\":\"***\",\"note\":\"mail ***\"}");
        assertThat(redactor.places(record))
                .containsExactly("field Password", "field api-key", "field token", "mdc authorization", "mdc note");
        assertThat(redacted.id()).isEqualTo(record.id());
        LogRecord copy = new LogRecord();
        copy.wrap(redacted.worker(), 0, 0, 0, redacted.entry());
        assertThat(Redaction.of(ALL).redactor().redact(copy))
                .as("what is masked stays so")
                .isSameAs(copy);
    }

    private static void pair(BatchEncoder encoder, String key, Runnable value) {
        encoder.key(key);
        value.run();
        encoder.endPair();
    }

    private static String json(LogRecord record) {
        Utf8Buffer out = new Utf8Buffer(1000);
        Format.of("json", ZoneOffset.UTC).format(record, out);
        return out.toString();
    }

    @Test
    void everythingThatIsNotSecretStaysByteForByte() {
        LogRecord record = Records.record(7, 17, encoder -> {
            encoder.text(LOGGER, "com.acme.Orders");
            encoder.text(THREAD_NAME, "main");
            encoder.text(TEMPLATE, "{} x {}");
            encoder.beginArgs();
            encoder.addString("a, password=abc, b");
            encoder.addLong(Long.MIN_VALUE);
            encoder.addDouble(1.5);
            encoder.addFloat(2.5f);
            encoder.addBoolean(true);
            encoder.addNull();
            encoder.endArgs();
            encoder.text(LEVEL_NAME, "OUTAGE");
            encoder.text(MARKER, "FILL");
            encoder.beginPairs(FIELDS);
            pair(encoder, "venue", () -> encoder.putNullable("XETRA"));
            pair(encoder, "n", () -> encoder.putDouble(-0.0));
            encoder.endPairs();
            encoder.text(TRACE_ID, "4bf92f3577b34da6a3ce929d0e0e4736");
            encoder.beginException();
            encoder.beginThrowable(ROOT, 0, "java.io.IOException", "gone");
            encoder.frame("com.acme.Orders.fill(Orders.java:42)");
            encoder.endThrowable(3);
            encoder.beginThrowable(SUPPRESSED, 1, "java.lang.Error", null);
            encoder.endThrowable(1);
            encoder.endException();
            encoder.caller("Orders.java", null, 42, "fill");
            encoder.bytes(new byte[] {1, 2, (byte) 0xFF}, 0, 3);
            encoder.text(MODULE, "orders");
        });
        Redactor redactor = Redaction.of(ALL).redactor();
        assertThat(json(redactor.redact(record))).isEqualTo(json(record).replace("password=abc", "password=***"));
        assertThat(redactor.places(record)).containsExactly("args[0]");
        byte[] same = bytes(redactor.redact(record));
        assertThat(same).hasSize(bytes(record).length);
        int differing = 0;
        for (int i = 0; i < same.length; i++) {
            differing += same[i] == bytes(record)[i] ? 0 : 1;
        }
        assertThat(differing).isEqualTo(3);
    }

    private static byte[] bytes(LogRecord record) {
        int from = record.entry().offset();
        return Arrays.copyOfRange(
                record.entry().buffer(), from, from + record.entry().length());
    }

    @Test
    void ordinaryRecordsMakeNoGarbage() {
        List<LogRecord> records = List.of(
                Records.plain(0, "order filled"),
                Records.template("{} at {} for {}", 42L, 101.25, "ada"),
                Records.full());
        Redactor redactor = Redaction.of(List.of("secrets", "tokens", "cards", "emails", "key:iban"))
                .redactor();
        run(redactor, records);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            run(redactor, records);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        // the measuring itself may allocate a little; a byte a record would be 15,000
        assertThat(least).isLessThan(COUNT);
    }

    private static void run(Redactor redactor, List<LogRecord> records) {
        for (int i = 0; i < COUNT; i++) {
            for (int r = 0; r < records.size(); r++) {
                redactor.redact(records.get(r));
            }
        }
    }

    /** Steps are what counts: each text is some hundred times longer than one that would take a second at the square. */
    @Test
    void hostileTextTakesTimeInProportionToItsLength() {
        for (String piece : List.of(
                "-----BEGIN RSA PRIVATE KEY",
                "-----BEGIN PRIVATE KEY-----",
                "eyJ.",
                "eyJaaaaa.eyJa.",
                "a@",
                "@a.",
                "password=\"",
                "password=[",
                "4 ",
                "41-",
                "http://",
                "://a:",
                "token:",
                "=",
                ":",
                "\\\"",
                "{}",
                "Bearer ",
                "bot1",
                "123456:",
                "M",
                "M-",
                "M.",
                "eyJ-",
                "eyJaaaaa-",
                "MMMMMMMMMMMMMMMMMMMMMMMM.",
                "AKIA ",
                "token:4-",
                "token=['",
                "token=[a",
                "token=[a ",
                "token=[\\\"",
                "token:4-----BEGIN PRIVATE KEY-----")) {
            String text = piece.repeat(1_000_000 / piece.length());
            assertThat(text(text)).as(piece).isNotEmpty();
        }
    }

    @Test
    void wordsThatAreNoneAreRefused() {
        assertThatThrownBy(() -> Redaction.of(List.of("secrts")))
                .hasMessage("unknown word \"secrts\"; did you mean secrets?");
        assertThatThrownBy(() -> Redaction.of(List.of("all")))
                .hasMessageContaining("allowed: secrets, tokens, cards, emails");
        assertThatThrownBy(() -> Redaction.of(List.of("key:_"))).hasMessageContaining("names no key");
        assertThatThrownBy(() -> Redaction.of(List.of("regex:("))).hasMessageContaining("is not RE2 syntax");
        assertThatThrownBy(() -> Redaction.of(List.of("regex:((a{1000}){1000}){1000}")))
                .hasMessageContaining("repeats into more than");
        assertThat(Redaction.of(ALL)).isEqualTo(Redaction.of(ALL)).hasToString(ALL.toString());
    }
}

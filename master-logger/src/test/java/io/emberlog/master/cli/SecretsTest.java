package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.SecretFile;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.http.RequestHeaders;
import io.emberlog.master.config.HandlerType;
import io.emberlog.master.config.HandlerTypes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A secret is looked for in everything that the command line says, with {@code --debug}'s stack traces. */
class SecretsTest {
    private static final String CANARY = "canary-91c2";
    private static final SettingKey TOKEN =
            SettingKey.secret("token", "What the receiver knows us by.").required();
    private static final List<HandlerType> TYPES = List.of(
            new HandlerType("notify", List.of(TOKEN)), new HandlerType("post", List.of(RequestHeaders.HEADERS)));

    @TempDir
    private Path directory;

    private final StringWriter said = new StringWriter();

    private int emberlog(String... arguments) {
        PrintWriter writer = new PrintWriter(said);
        return Emberlog.run(
                new Terminal(writer, writer, false, false),
                Map.of("TOKEN", CANARY, "XDG_STATE_HOME", "/state"),
                TYPES,
                config -> ExitCodes.DONE,
                arguments);
    }

    private String file(String token) throws Exception {
        return Files.writeString(
                        directory.resolve("x.toml"), "[[handlers]]\ntype = \"notify\"\ntoken = " + token + "\n")
                .toString();
    }

    @Test
    void aSecretIsShownByNoCommand() throws Exception {
        String file = file("\"env:TOKEN\"");
        assertThat(emberlog("--debug", "validate", file)).isZero();
        assertThat(emberlog("--debug", "master", "-c", file)).isZero();
        assertThat(emberlog("--debug", "config", "show", "--origin", "-c", file))
                .isZero();
        assertThat(emberlog("--debug", "config", "show", "--json", "-c", file)).isZero();
        assertThat(said.toString())
                .doesNotContain(CANARY)
                .contains("token = \"***\"")
                .contains("\"value\":\"***\"", "\"secret\":true");
    }

    @Test
    void aSecretThatStandsInTheFileIsRefusedAndNotPrinted() throws Exception {
        for (String literal : List.of("\"" + CANARY + "\"", "[\"" + CANARY + "\"]", CANARY, "\"" + CANARY)) {
            String file = file(literal);
            assertThat(emberlog("--debug", "validate", file)).isEqualTo(ExitCodes.USAGE);
        }
        assertThat(emberlog("--debug", "validate", file("\"env:TOKEN\""), "--set", "handlers.notify.token=" + CANARY))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(said.toString())
                .doesNotContain(CANARY)
                .contains("x.toml:3:1: handlers.notify.token: holds something else than a reference, which is not")
                .contains("--set: handlers.notify.token: holds something else")
                .contains("is not TOML; what stands here is not printed, since it may be a secret");
    }

    private String headers(String list) throws Exception {
        return Files.writeString(directory.resolve("x.toml"), "[[handlers]]\ntype = \"post\"\nheaders = " + list + "\n")
                .toString();
    }

    @Test
    void aSecretHeaderIsShownByNoCommandAndAPlainOneIs() throws Exception {
        String file = headers("[\"Authorization: env:TOKEN\", \"X-Team: a\"]");
        assertThat(emberlog("--debug", "validate", file)).isZero();
        assertThat(emberlog("--debug", "master", "-c", file)).isZero();
        assertThat(emberlog("--debug", "config", "show", "--origin", "-c", file))
                .isZero();
        assertThat(emberlog("--debug", "config", "show", "--json", "-c", file)).isZero();
        assertThat(emberlog("config", "show", "--json", "-c", headers("[\"X-Team: a\"]")))
                .isZero();
        assertThat(said.toString())
                .doesNotContain(CANARY)
                .contains("headers = [\"Authorization: ***\", \"X-Team: a\"]")
                .contains("\"value\":[\"Authorization: ***\",\"X-Team: a\"]", "\"secret\":true")
                .contains("\"value\":[\"X-Team: a\"]", "\"secret\":false");
    }

    @Test
    void whatIsNoListOfHeadersIsRefusedAndNotPrinted() throws Exception {
        for (String wrong : List.of(
                "\"X: " + CANARY + "\"",
                "[[\"X: " + CANARY + "\"]]",
                "[\"" + CANARY + "\"]",
                "[\"X: file:\", \"Y: " + CANARY + "\"]",
                "[\"X: env: " + CANARY + "\"]",
                "[\"X: " + CANARY + "\", " + CANARY + "==]",
                "[\n\"X: " + CANARY + ",\n]",
                "[\n\"X: a\"\n]" + CANARY,
                "[\n  \"X: a\",\n  " + CANARY + "\n]",
                "[\"X: " + CANARY + "\u20ac\"]")) {
            assertThat(emberlog("--debug", "validate", headers(wrong)))
                    .as(wrong)
                    .isEqualTo(ExitCodes.USAGE);
        }
        assertThat(said.toString())
                .doesNotContain(CANARY)
                .contains("handlers.post.headers: one of them is none")
                .contains("handlers.post.headers: holds something else than a reference")
                .contains("handlers.post.headers: is not a list, and is not printed here")
                .contains("is not TOML; what stands here is not printed, since it may be a secret");
    }

    @Test
    void whatAHeaderNamesIsCheckedWhenTheFileIs() throws Exception {
        assertThat(emberlog("validate", headers("[\"X: env:NOBODY\"]"))).isEqualTo(ExitCodes.USAGE);
        Files.writeString(directory.resolve("open"), CANARY);
        assertThat(emberlog("validate", headers("[\"X: file:open\"]"))).isEqualTo(ExitCodes.USAGE);
        SecretFile.of(directory, "euro", CANARY + " \u20ac");
        assertThat(emberlog("--debug", "validate", headers("[\"X: file:euro\"]")))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(said.toString())
                .contains("handlers.post.headers: the variable NOBODY is not set")
                .contains("handlers.post.headers: the file " + directory.resolve("open") + " has mode 0644")
                .contains("euro holds holds characters that no header of HTTP may")
                .doesNotContain(CANARY);
        SecretFile.of(directory, "good", CANARY);
        assertThat(emberlog("validate", headers("[\"X: file:good\"]"))).isZero();
    }

    private static final String FILE = """
            [[handlers]]
            type = "%s"
            %s = "env:VALUE"
            %s
            """;

    /** A master that would wait for ever says so at once. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "webhook | url | | canary-91c2 | is no URL that HTTP knows",
                "webhook | url | | https://user:canary-91c2@host/ | holds a user in front of the host",
                "webhook | url | | https://h^st/canary-91c2 | is no URL that HTTP knows",
                "webhook | authorization | url = 'env:URL' | Bearer canary-91c2 \u20ac | holds characters that no header",
                "discord | url | | canary-91c2 | is no URL that HTTP knows",
                "slack | url | | //canary-91c2 | is no URL that HTTP knows",
                "telegram | token | chat_id = '1' | canary-91c2 x | is no token",
                "loki | token | url = 'http://h' | canary-91c2 \u20ac | holds characters that no header",
                "elasticsearch | api_key | url = 'http://h' | canary-91c2 \u20ac | holds characters that no header"
            })
    void aSecretThatCannotBeWhatItIsForIsRefusedAndNotPrinted(
            String type, String key, String more, String value, String wrong) throws Exception {
        PrintWriter writer = new PrintWriter(said);
        Path file = Files.writeString(directory.resolve("x.toml"), FILE.formatted(type, key, more == null ? "" : more));
        int exit = Emberlog.run(
                new Terminal(writer, writer, false, false),
                Map.of("VALUE", value, "URL", "https://host/", "XDG_STATE_HOME", "/state"),
                HandlerTypes.installed(),
                config -> ExitCodes.DONE,
                "--debug",
                "validate",
                file.toString());
        assertThat(said.toString())
                .contains("x.toml:3:1: handlers." + type + "." + key + ": what the variable VALUE holds " + wrong)
                .contains(", and is not printed here since it may be a secret; allowed: ")
                .doesNotContain(CANARY);
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void whatASecretNamesIsCheckedWhenTheFileIs() throws Exception {
        assertThat(emberlog("validate", file("\"env:NOBODY\""))).isEqualTo(ExitCodes.USAGE);
        Path open = Files.writeString(directory.resolve("token"), CANARY);
        Files.setPosixFilePermissions(open, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(emberlog("--debug", "validate", file("\"file:token\""))).isEqualTo(ExitCodes.USAGE);
        assertThat(said.toString())
                .contains("handlers.notify.token: the variable NOBODY is not set")
                .contains("handlers.notify.token: the file " + open + " has mode 0644")
                .doesNotContain(CANARY);
    }
}

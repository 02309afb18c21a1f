package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.SettingKey;
import io.emberlog.master.config.HandlerType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret is looked for in everything that the command line says, with {@code --debug}'s stack traces. */
class SecretsTest {
    private static final String CANARY = "canary-91c2";
    private static final SettingKey TOKEN =
            SettingKey.secret("token", "What the receiver knows us by.").required();
    private static final List<HandlerType> TYPES = List.of(new HandlerType("notify", List.of(TOKEN)));

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

package io.emberlog.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
    private static final String CANARY = "canary-2f7c";

    @TempDir
    private Path directory;

    private Path file(String content, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve("token"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private Secret secret(String reference) {
        return Secret.of(reference).resolved(directory, Map.of("TOKEN", CANARY, "EMPTY", ""));
    }

    private void assertRefused(Secret secret, String why) {
        Throwable refused = catchThrowable(secret::reveal);
        assertThat(refused).isInstanceOf(IOException.class).hasMessageContaining(why);
        StringWriter trace = new StringWriter();
        refused.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(CANARY);
    }

    @Test
    void aVariableIsReadByName() throws Exception {
        assertThat(secret("env:TOKEN").reveal()).isEqualTo(CANARY);
        assertRefused(secret("env:OTHER"), "the variable OTHER is not set");
        assertRefused(secret("env:EMPTY"), "the variable EMPTY is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {CANARY, CANARY + "\n", CANARY + "\r\n"})
    void aFileIsReadWithoutItsLineEnd(String content) throws Exception {
        file(content, "rw-------");
        assertThat(secret("file:token").reveal()).isEqualTo(CANARY);
        assertThat(secret("file:" + directory.resolve("token")).reveal()).isEqualTo(CANARY);
    }

    @Test
    void aFileThatWasReplacedIsReadAnewAndMakesAnotherSecret() throws Exception {
        file(CANARY, "r--------");
        Secret before = secret("file:token").checked();
        assertThat(secret("file:token").checked()).isEqualTo(before).hasSameHashCodeAs(before);
        Path next = Files.writeString(directory.resolve("next"), CANARY + "2");
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
        Files.move(next, directory.resolve("token"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(before.reveal()).isEqualTo(CANARY + "2");
        assertThat(secret("file:token").checked()).isNotEqualTo(before);
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws Exception {
        file(CANARY, "rw-r-----");
        assertRefused(secret("file:token"), "has mode 0640");
        file(CANARY, "rw-----w-");
        assertRefused(secret("file:token"), "allowed: 0600 or stricter");
    }

    /** What Kubernetes (fsGroup) and systemd (LoadCredential, an ACL) make for a master that is not root. */
    @Test
    void aFileOfRootsMayBeReadByItsGroupWhereTheMasterIsNotRoot() {
        for (int mode : new int[] {0400, 0440, 0600, 0640}) {
            assertThat(Secret.isOpen(mode, true, false)).isFalse();
            assertThat(Secret.isOpen(mode, true, true)).isEqualTo((mode & 040) != 0);
            assertThat(Secret.isOpen(mode, false, false)).isEqualTo((mode & 040) != 0);
        }
        for (int mode : new int[] {0444, 0604, 0620, 0650, 0660, 0644}) {
            assertThat(Secret.isOpen(mode, true, false)).isTrue();
        }
    }

    @Test
    void aLinkIsFollowedAndJudgedByWhatItPointsTo() throws Exception {
        file(CANARY, "rw-------");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("token"));
        assertThat(secret("file:link").reveal()).isEqualTo(CANARY);
        file(CANARY, "rw----r--");
        assertRefused(secret("file:link"), "has mode 0604");
    }

    @Test
    void whatIsNoSecretIsRefused() throws Exception {
        assertRefused(secret("file:nowhere"), "does not exist");
        assertRefused(secret("file:."), "is not a regular file");
        file("", "rw-------");
        assertRefused(secret("file:token"), "is empty");
        file(CANARY + "\n" + CANARY, "rw-------");
        assertRefused(secret("file:token"), "control characters");
        file(CANARY.repeat(10_000), "rw-------");
        assertRefused(secret("file:token"), "larger than 64 KiB");
        Files.write(file(CANARY, "rw-------"), new byte[] {'a', (byte) 0xFF});
        assertRefused(secret("file:token"), "is not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {CANARY, "env:" + CANARY + " x", "env:", "file:", "", "file:\0" + CANARY})
    void aLiteralIsRefusedWithoutPrintingIt(String literal) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> SettingKey.secret("token", "A token.").parse(literal))
                .withNoCause()
                .withMessage(
                        "holds something else than a reference, which is not printed here since it may be the secret"
                                + " itself; allowed: \"env:NAME\", or \"file:PATH\" of a file with mode 0600 or stricter");
    }

    @Test
    void nothingShowsIt() throws Exception {
        SettingKey key = SettingKey.secret("token", "A token.");
        Secret secret = secret("env:TOKEN").checked();
        assertThat(secret).hasToString("***");
        assertThat(key.text(secret)).isEqualTo("\"***\"");
        HandlerSettings settings = HandlerSettings.of("x", java.util.List.of(key), Map.of("token", secret));
        assertThat(settings.toString()).isEqualTo("x[token]");
        assertThat(settings.secret(key).reveal()).isEqualTo(CANARY);
        assertThat(catchThrowable(() -> settings.string(key))).hasMessageNotContaining(CANARY);
    }
}

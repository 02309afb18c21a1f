package io.emberlog.handler.unix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class UnixDatagramSocketTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(100);

    @TempDir
    private Path directory;

    private Path path;
    private UnixReceiver receiver;

    @BeforeEach
    void listen() throws IOException {
        path = directory.resolve("log");
        receiver = new UnixReceiver(path);
    }

    @AfterEach
    void end() {
        receiver.close();
    }

    private static void send(UnixDatagramSocket socket, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        assertThat(socket.send(utf8, utf8.length)).isTrue();
    }

    @Test
    void allThatWasSentWasReadWhenTheWaitIsOver() throws IOException {
        try (UnixDatagramSocket socket = UnixDatagramSocket.connect(path, LONG)) {
            for (int i = 0; i < 1000; i++) {
                send(socket, "message " + i);
            }
            socket.awaitRead();
            assertThat(receiver.received()).hasSize(1000).endsWith("message 999");
        }
    }

    @Test
    void aReceiverThatDoesNotReadIsNotWaitedForForEver() throws IOException {
        receiver.pause(true);
        try (UnixDatagramSocket socket = UnixDatagramSocket.connect(path, SHORT)) {
            send(socket, "one");
            assertThatThrownBy(socket::awaitRead).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            send(socket, "more");
                        }
                    })
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("nothing was read from it within 100 ms");
        }
    }

    @Test
    void aReceiverThatEndedBeforeItReadAllIsNotTakenForOneThatDid() throws IOException {
        receiver.pause(true);
        try (UnixDatagramSocket socket = UnixDatagramSocket.connect(path, LONG)) {
            send(socket, "one");
            receiver.end();
            assertThatThrownBy(socket::awaitRead).hasMessageContaining("Connection refused");
        }
    }

    @Test
    void anotherReceiverOfThatNameIsNotTakenForTheOneThatWasSentTo() throws IOException {
        receiver.pause(true);
        try (UnixDatagramSocket socket = UnixDatagramSocket.connect(path, LONG)) {
            send(socket, "one");
            receiver.restart();
            assertThatThrownBy(socket::awaitRead).hasMessageContaining("another socket has this name now");
        }
    }

    @Test
    void aMessageLongerThanADatagramIsRefusedAndNotCut() throws IOException {
        try (UnixDatagramSocket socket = UnixDatagramSocket.connect(path, LONG)) {
            assertThat(socket.send(new byte[16 << 20], 16 << 20)).isFalse();
            send(socket, "next");
            socket.awaitRead();
            assertThat(receiver.received()).containsExactly("next");
        }
    }

    @Test
    void whyThereIsNoConnectionIsSaid() {
        Path nothing = directory.resolve("nothing");
        assertThatThrownBy(() -> UnixDatagramSocket.connect(nothing, LONG))
                .hasMessage(nothing + ": there is no such socket");
        receiver.end();
        assertThatThrownBy(() -> UnixDatagramSocket.connect(path, LONG)).hasMessage(path + ": Connection refused");
        Path far = Path.of("/" + "x".repeat(107));
        assertThatThrownBy(() -> UnixDatagramSocket.connect(far, LONG))
                .hasMessageContaining("has 108 bytes; allowed: 107");
    }
}

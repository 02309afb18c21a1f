package io.emberlog.handler.unix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** With the options that a master's JVM has. */
@EnabledOnOs(OS.LINUX)
class OutQueueTest {
    @Test
    void whatTheOtherKernelHasNotTakenIsCounted() throws IOException {
        try (ServerSocketChannel listener =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel channel = SocketChannel.open(listener.getLocalAddress());
                SocketChannel accepted = listener.accept()) {
            assertThat(OutQueue.bytes(channel)).isZero();
            channel.configureBlocking(false);
            ByteBuffer bytes = ByteBuffer.allocate(1 << 20);
            while (channel.write(bytes) > 0) {
                bytes.clear();
            }
            assertThat(OutQueue.bytes(channel)).isPositive();

            accepted.configureBlocking(false);
            Awaitility.await().until(() -> {
                bytes.clear();
                return accepted.read(bytes) <= 0 && OutQueue.bytes(channel) == 0;
            });
        }
    }
}

package io.emberlog.handler.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.unix.UnixReceiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class SyslogUnixTest extends HandlerContractTest {
    @TempDir
    private Path directory;

    private UnixReceiver receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = new UnixReceiver(directory.resolve("log"));
    }

    @AfterEach
    void end() {
        receiver.close();
    }

    @Override
    protected Handler create() {
        return create("20 s");
    }

    private Handler create(String timeout) {
        SyslogHandlerFactory factory = new SyslogHandlerFactory();
        return factory.create(HandlerSettings.of(
                "test", factory.settings(), Map.of("path", directory.resolve("log"), "timeout", timeout)));
    }

    @Override
    protected List<String> delivered() {
        return receiver.received().stream()
                .map(message -> message.replaceFirst("(?s)^.*?\\]: \\w+( com\\.acme\\.Orders)? - ", ""))
                .toList();
    }

    @Override
    protected void failOnce() {
        try {
            receiver.restart();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected boolean exactlyOnce() {
        return false;
    }

    @Test
    void aReceiverThatIsSlowGetsEachRecordOnce() throws Exception {
        receiver.pause(true);
        try (Handler handler = create("100 ms")) {
            ModelCaller caller = new ModelCaller(1000, 1000);
            handler.open(caller);
            for (LogRecord record : records) {
                handler.handle(record);
            }
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(handler::flush).isInstanceOf(SocketTimeoutException.class);
                caller.advance(1_000_000_000L);
            }
            receiver.pause(false);
            handler.flush();
        }
        assertThat(delivered()).hasSize(records.size()).doesNotHaveDuplicates();
    }
}

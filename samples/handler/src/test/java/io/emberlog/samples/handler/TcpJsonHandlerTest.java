package io.emberlog.samples.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.config.MasterConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TcpJsonHandlerTest {
    private static Handler handler(LineService service) {
        TcpJsonHandlerFactory factory = new TcpJsonHandlerFactory();
        return factory.create(HandlerSettings.of("sample", factory.settings(), Map.of("port", (long) service.port())));
    }

    @Test
    void aRecordThatTheServiceRefusesIsPutAsideAndTheOthersArrive() throws Exception {
        try (LineService service = new LineService()) {
            List<LogRecord> records =
                    List.of(Records.plain(0, "one"), Records.plain(1, "poison"), Records.plain(2, "three"));
            ModelCaller caller = new ModelCaller(10, 10);
            caller.run(handler(service), records);
            assertThat(service.taken).hasSize(2);
            assertThat(caller.putAside()).hasSize(1);
        }
    }

    @Test
    void aMasterKnowsTheTypeByTheClassPathAlone(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(
                directory.resolve("master.toml"), "[[handlers]]\nname = \"lines\"\ntype = \"tcp-json\"\nport = 5170\n");
        MasterConfig config = new ConfigReader(HandlerTypes.installed(), Map.of()).read(file, Map.of());
        assertThat(config.handlers().get(0).type()).isEqualTo("tcp-json");
    }

    @Test
    void aPortThatIsNoneIsRefusedWithWhatIsAllowed() {
        TcpJsonHandlerFactory factory = new TcpJsonHandlerFactory();
        assertThatThrownBy(() -> HandlerSettings.of("sample", factory.settings(), Map.of("port", 70_000L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("port")
                .hasMessageContaining("65535");
    }
}

package io.emberlog.handler.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.message.MessageDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleHandlerTest extends HandlerContractTest {
    private final FailingStream out = new FailingStream();
    private final FailingStream err = new FailingStream();

    @Override
    protected Handler create() {
        return create(Map.of());
    }

    private Handler create(Map<String, Object> given) {
        ConsoleHandlerFactory factory = new ConsoleHandlerFactory();
        Map<String, Object> all = new HashMap<>(given);
        all.put("time_zone", "utc");
        return factory.create(HandlerSettings.of("console", factory.settings(), all), out, err);
    }

    @Override
    protected List<String> delivered() {
        return out.text().lines().toList();
    }

    @Override
    protected void failOnce() {
        out.fail = true;
    }

    @Override
    protected boolean exactlyOnce() {
        return false;
    }

    @Test
    void errorsGoToStderrAndTheRestToStdout() throws IOException {
        LogRecord error = Records.record(1, 17, encoder -> encoder.text(MessageDescriptor.TEMPLATE, "bad"));
        new ModelCaller(10, 10).run(create(), List.of(Records.plain(0, "good"), error));
        assertThat(out.text()).contains("good").doesNotContain("bad");
        assertThat(err.text()).contains("bad").doesNotContain("good");
    }

    @Test
    void theLevelFromWhichStderrIsUsedIsASetting() throws IOException {
        new ModelCaller(10, 10).run(create(Map.of("stderr_level", "info")), List.of(Records.plain(0, "good")));
        assertThat(err.text()).contains("good");
    }

    @Test
    void aStackTraceHasLinesOfItsOwn() throws IOException {
        new ModelCaller(10, 10).run(create(), List.of(Records.full()));
        assertThat(err.text()).endsWith("""

                        java.io.IOException: gone
                            at com.acme.Orders.fill(Orders.java:42)
                            at com.acme.Main.main(Main.java:1)
                            Suppressed: java.lang.Error
                                at com.acme.Orders.close(Orders.java:50)
                                ... 1 more
                        Caused by: java.net.SocketException: reset
                            ... 2 more
                        """);
    }

    @Test
    void colourIsUsedWhenAskedForAndNeverInJson() throws IOException {
        new ModelCaller(10, 10).run(create(Map.of("colour", "always")), List.of(Records.plain(0, "x")));
        assertThat(out.text()).contains(" \u001b[32mINFO\u001b[0m  md-1 ");
        out.reset();
        new ModelCaller(10, 10)
                .run(create(Map.of("colour", "always", "format", "json")), List.of(Records.plain(0, "x")));
        assertThat(out.text()).startsWith("{").doesNotContain("\u001b");
    }

    @Test
    void autoMeansNoColourWhereNoTerminalIsOrNoColourIsWanted() {
        assertThat(Terminal.colour("auto", 1, Map.of("TERM", "xterm", "NO_COLOR", "1")))
                .isFalse();
        assertThat(Terminal.colour("auto", 1, Map.of("TERM", "dumb"))).isFalse();
        assertThat(Terminal.colour("auto", 987_654, Map.of("TERM", "xterm"))).isFalse();
        assertThat(Terminal.colour("never", 1, Map.of("TERM", "xterm"))).isFalse();
        assertThat(Terminal.colour("always", 987_654, Map.of())).isTrue();
    }

    private static final class FailingStream extends ByteArrayOutputStream {
        private boolean fail;

        @Override
        public void write(byte[] bytes, int offset, int length) {
            if (fail) {
                fail = false;
                throw sneaky(new IOException("broken pipe"));
            }
            super.write(bytes, offset, length);
        }

        /** ByteArrayOutputStream declares none. */
        @SuppressWarnings("unchecked")
        private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
            throw (E) e;
        }

        String text() {
            return toString(StandardCharsets.UTF_8);
        }
    }
}

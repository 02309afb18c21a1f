package io.emberlog.handler.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdleDestinationTest {
    /** Counts the looks, and refuses to be sent to or to be idle as it is told. */
    private static final class Looked implements Destination {
        int looks;
        boolean failing;

        @Override
        public void open(HandlerContext context) {}

        @Override
        public Reply send(List<LogRecord> batch) {
            return failing ? Reply.unavailable("away") : Reply.delivered();
        }

        @Override
        public void idle(long nowNs) throws IOException {
            looks++;
            if (failing) {
                throw new IOException("gone");
            }
        }

        @Override
        public void close() {}
    }

    private final Looked destination = new Looked();
    private final BatchHandler handler =
            new BatchHandler(destination, new BatchLimits(10, 1 << 20, Duration.ofSeconds(1)));
    private final ModelCaller caller = new ModelCaller(1000, 1000);

    @Test
    void aDestinationIsLookedAfterOnlyWhileNothingIsToBeSent() throws IOException {
        handler.open(caller);
        handler.tick(caller.nanoTime());
        assertThat(destination.looks).isEqualTo(1);

        handler.handle(Records.plain(0, "record 0"));
        handler.tick(caller.nanoTime());
        assertThat(destination.looks).isEqualTo(1);

        destination.failing = true;
        caller.advance(1_000_000_000L);
        assertThatThrownBy(() -> handler.tick(caller.nanoTime())).hasMessage("away");
        handler.tick(caller.nanoTime());
        assertThat(destination.looks).isEqualTo(1);
    }

    @Test
    void whatIsFoundThenIsTheCallersToTryAgain() throws IOException {
        handler.open(caller);
        destination.failing = true;
        assertThatThrownBy(() -> handler.tick(caller.nanoTime())).hasMessage("gone");
    }
}

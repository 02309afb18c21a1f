package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RecordRejectedException;
import io.emberlog.handler.redact.Redaction;
import io.emberlog.master.replay.Evidence;
import io.emberlog.master.replay.Replay;
import io.emberlog.master.replay.TestEvidence;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedeliveryTest {
    @TempDir
    Path temp;

    private TestEvidence evidence;
    private final Destination destination = new Destination();
    private final List<String> told = new ArrayList<>();
    private final Redelivery delivery = new Redelivery("dest", destination, Redaction.NONE, new Redelivery.Listener() {
        @Override
        public void onRejected(String id, Throwable cause) {
            told.add("rejected " + id + " " + cause.getMessage());
        }

        @Override
        public void onReport(Level level, String message, Throwable cause) {
            told.add(level.name() + " " + message);
        }
    });

    /** Fails as it is told, record by record. */
    private static final class Destination implements Handler {
        private final List<String> calls = new ArrayList<>();
        private final List<Exception> failures = new ArrayList<>();
        private HandlerContext context;

        @Override
        public void open(HandlerContext given) throws IOException {
            context = given;
            fail();
            calls.add("open");
        }

        @Override
        public void handle(LogRecord record) throws IOException, RecordRejectedException {
            if (!failures.isEmpty() && failures.get(0) instanceof RecordRejectedException e) {
                failures.remove(0);
                throw e;
            }
            fail();
            calls.add(record.entry().text(MessageDescriptor.TEMPLATE));
        }

        private void fail() throws IOException {
            if (!failures.isEmpty()) {
                Exception e = failures.remove(0);
                if (e instanceof RuntimeException fault) {
                    throw fault;
                }
                throw (IOException) e;
            }
        }

        @Override
        public void flush() {
            calls.add("flush");
        }

        @Override
        public byte[] checkpoint() {
            calls.add("checkpoint");
            return new byte[1];
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    @BeforeEach
    void log() throws Exception {
        evidence = new TestEvidence(temp);
        RingFile ring = evidence.ring("md-1");
        for (int i = 1; i <= 4; i++) {
            evidence.log(ring, i, "r" + i);
        }
    }

    @AfterEach
    void close() {
        evidence.close();
    }

    private void run() throws IOException {
        Replay replay =
                new Replay(Evidence.find(List.of(evidence.channel())), false, delivery, (bytesRead, total) -> {});
        replay.open();
        replay.run();
    }

    @Test
    void everyRecordIsHandedOverInOrderAndMadeDurableAtTheEnd() throws Exception {
        delivery.open();
        assertThat(destination.context.state()).as("begins without a state").isNull();
        run();
        delivery.finish();
        delivery.close();
        assertThat(destination.calls).containsExactly("open", "r1", "r2", "r3", "r4", "flush", "checkpoint", "close");
        assertThat(delivery.delivered()).isEqualTo(4);
        assertThat(told).isEmpty();
    }

    @Test
    void whatIsRejectedIsCountedAndToldAndTheRestGoesOn() throws Exception {
        delivery.open();
        destination.failures.add(new RecordRejectedException("too odd"));
        destination.failures.add(new IllegalStateException("a fault of mine"));
        run();
        assertThat(destination.calls).containsExactly("open", "r3", "r4");
        assertThat(delivery.delivered()).isEqualTo(2);
        assertThat(delivery.rejected()).isEqualTo(2);
        assertThat(told.get(0)).matches("rejected [-0-9a-f]{36}:0:0 too odd");
        assertThat(told.get(1)).endsWith("a fault of mine");
    }

    @Test
    void aDestinationThatIsAwayIsWaitedForAndGetsTheRecordOnce() throws Exception {
        destination.failures.add(new IOException("refused"));
        delivery.open();
        destination.failures.add(new IOException("away"));
        run();
        assertThat(destination.calls).containsExactly("close", "open", "r1", "r2", "r3", "r4");
        assertThat(delivery.rejected()).isZero();
        assertThat(told)
                .containsExactly(
                        "WARN handler dest: open failed; is tried again until it works",
                        "INFO handler dest: works again",
                        "WARN handler dest: handle failed; is tried again until it works",
                        "INFO handler dest: works again");
    }

    @Test
    void aHandlerThatAsksForANewLifeEndsIt() throws Exception {
        delivery.open();
        destination.failures.add(new HandlerRestartException("lost the connection", null));
        assertThatThrownBy(this::run).isInstanceOf(HandlerRestartException.class);
    }
}

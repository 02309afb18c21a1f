package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.DropReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While the ring is full, dropping callers neither park nor meet a monitor: JFR would tell, its threshold being 0. */
class NoParkTest {
    private static final List<String> WAITS =
            List.of("jdk.ThreadPark", "jdk.JavaMonitorEnter", "jdk.JavaMonitorWait", "jdk.ThreadSleep");

    @TempDir
    Path temp;

    @Test
    void callerNeverWaitsWhileTheRingIsFullInDropMode() throws IOException, InterruptedException {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.worker.start();
        worker.fill();
        Path file = temp.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            for (String event : WAITS) {
                recording.enable(event).withThreshold(Duration.ZERO).withoutStackTrace();
            }
            recording.start();
            Thread[] callers = new Thread[4];
            for (int t = 0; t < callers.length; t++) {
                callers[t] = new Thread(
                        () -> {
                            for (int i = 0; i < 100_000; i++) {
                                worker.log.info("{} {}", i, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
                            }
                        },
                        "caller-" + t);
                callers[t].start();
            }
            for (Thread caller : callers) {
                caller.join();
            }
            recording.stop();
            recording.dump(file);
        }
        assertThat(worker.dropped(DropReason.RING_FULL)).isGreaterThan(390_000);
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events)
                .as("the recording works: this test's own thread waited in join")
                .isNotEmpty();
        assertThat(events.stream()
                        .filter(event -> event.getThread() != null
                                && event.getThread().getJavaName() != null
                                && event.getThread().getJavaName().startsWith("caller-")))
                .isEmpty();
    }
}

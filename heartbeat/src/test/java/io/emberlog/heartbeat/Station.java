package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A monitor on a clock that the test steps, and what it reported. */
final class Station {

    static final Duration STEP = Duration.ofMillis(20);

    final ProcessProbe processes = new ProcessProbe(Identities.HOST);
    final List<Transition> reported = new ArrayList<>();
    final LivenessMonitor monitor;
    private long nowNs = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos(); // wraps around while the test runs

    Station(Path... crashDirectories) {
        monitor = new LivenessMonitor(
                LivenessConfig.DEFAULTS,
                () -> nowNs,
                processes,
                new CrashForensics(processes, List.of(crashDirectories)),
                reported::add);
    }

    <W extends WatchedWorker> W watch(W worker) {
        monitor.add(worker);
        monitor.doWork();
        return worker;
    }

    FakeRing ring(WorkerIdentity identity) {
        return watch(new FakeRing(identity));
    }

    /** Time passes and every word stands still unless somebody else moves it. */
    void quiet(Duration span) {
        run(span, () -> {});
    }

    /** Time passes, and this happens before each step. */
    void run(Duration span, Runnable each) {
        for (long left = span.toNanos(); left > 0; left -= STEP.toNanos()) {
            nowNs += Math.min(left, STEP.toNanos());
            each.run();
            monitor.doWork();
        }
    }

    /** The monitor itself does not run for so long. */
    void pause(Duration span) {
        nowNs += span.toNanos();
        monitor.doWork();
    }

    /** A heartbeat that announces the next one after so long; the worker's wall clock is anywhere. */
    void heartbeat(WatchedWorker worker, long sentEpochNs, Duration span) {
        monitor.onHeartbeat(uuid(worker), sentEpochNs, sentEpochNs + span.toNanos(), false);
        monitor.doWork();
    }

    void goodbye(WatchedWorker worker) {
        monitor.onHeartbeat(uuid(worker), 5, 5, true);
        monitor.doWork();
    }

    WorkerState state(WatchedWorker worker) {
        return monitor.state(uuid(worker)).orElseThrow();
    }

    Transition last() {
        return reported.get(reported.size() - 1);
    }

    DeathReport death() {
        return last().death().orElseThrow();
    }

    private static UUID uuid(WatchedWorker worker) {
        return worker.identity().ringUuid();
    }
}

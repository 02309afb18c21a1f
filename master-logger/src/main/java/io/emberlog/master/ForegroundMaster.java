package io.emberlog.master;

import io.emberlog.master.cli.ExitCodes;
import io.emberlog.master.cli.MasterRunner;
import io.emberlog.master.config.ConfigSource;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a master as the process that a supervisor started: in the foreground, until SIGTERM or SIGINT, which drain, let
 * the handlers finish and exit 0 within the deadline. SIGHUP reads the configuration again, on the thread that runs the
 * master; several that come while it does so are one more.
 */
public final class ForegroundMaster implements MasterRunner {
    private enum Start {
        UNDER_WAY,
        DONE,
        FAILED
    }

    private final AtomicBoolean hangup = new AtomicBoolean();
    private final AtomicReference<Start> start = new AtomicReference<>(Start.UNDER_WAY);

    @Override
    public int run(MasterConfig config) {
        return run(config, () -> config);
    }

    @Override
    public int run(MasterConfig config, ConfigSource again) {
        MasterLogger master = new MasterLogger(config);
        master.ownsTheJvm();
        master.onAlarm(line -> System.err.println(line));
        Optional<SystemdNotifier> systemd = SystemdNotifier.of(System.getenv());
        Thread runner = Thread.currentThread();
        boolean reloads = HangupSignal.handle(() -> {
            hangup.set(true);
            LockSupport.unpark(runner);
        });
        // before the start, so that no signal meets a master without it
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(master, systemd), "emberlog-stop"));
        int failure = ExitCodes.INTERNAL;
        try {
            failure = start(master);
        } finally { // also when something that nobody foresaw is thrown on, and is the exit code
            start.set(failure == ExitCodes.DONE ? Start.DONE : Start.FAILED);
        }
        if (failure != ExitCodes.DONE) {
            return failure;
        }
        if (!reloads) {
            System.err.println("emberlog: SIGHUP cannot be handled in this JVM (-Xrs?); it ends the master");
        }
        Runnable ready = () -> systemd.ifPresent(
                notifier -> notifier.ready("draining " + config.channel().directory()));
        ready.run();
        Reloader reloader = new Reloader(master, again);
        while (true) {
            watch(master, systemd);
            if (hangup.getAndSet(false)) {
                systemd.ifPresent(SystemdNotifier::reloading);
                reloader.reload().ifPresent(why -> System.err.println("emberlog: not reloaded: " + why));
                ready.run();
            }
        }
    }

    private static int start(MasterLogger master) {
        try {
            master.start();
            return ExitCodes.DONE;
        } catch (MasterLogger.AlreadyRunningException e) {
            System.err.println("emberlog: " + e.getMessage());
            return ExitCodes.ANOTHER_MASTER;
        } catch (IllegalArgumentException | MissingJvmFlagsException e) {
            System.err.println("emberlog: " + e.getMessage());
            return ExitCodes.USAGE;
        } catch (IOException e) {
            System.err.println("emberlog: " + IoReason.of(e));
            return ExitCodes.IO;
        }
    }

    /** Until the process ends: tells the watchdog that the drain moves, and only while it does. */
    private void watch(MasterLogger master, Optional<SystemdNotifier> systemd) {
        long intervalNs = systemd.map(SystemdNotifier::watchdogIntervalNs).orElse(0L);
        long passes = master.drainPasses();
        if (!hangup.get()) {
            LockSupport.parkNanos(intervalNs == 0 ? Long.MAX_VALUE : intervalNs);
        }
        if (intervalNs > 0 && master.drainPasses() != passes) {
            systemd.orElseThrow().watchdog();
        }
    }

    /** In the shutdown hook: a JVM that a signal ends exits 143 or 130 unless halted, and this was an orderly stop. */
    private void stop(MasterLogger master, Optional<SystemdNotifier> systemd) {
        switch (start.get()) {
            case FAILED -> {
                return; // the exit code says why
            }
            case UNDER_WAY ->
                Runtime.getRuntime().halt(ExitCodes.TERMINATED); // as safe as a kill, and no thread is stopped
            case DONE -> {
                // the orderly way, below
            }
        }
        systemd.ifPresent(SystemdNotifier::stopping);
        Duration deadline = master.config().master().stopDeadline();
        boolean clean = master.stop(deadline);
        if (!clean) {
            System.err.println("emberlog: not everything was delivered within "
                    + deadline.toSeconds()
                    + " s; the rest is in the rings and the journal, for the next master");
        }
        Runtime.getRuntime().halt(clean ? ExitCodes.DONE : ExitCodes.FINDINGS);
    }
}

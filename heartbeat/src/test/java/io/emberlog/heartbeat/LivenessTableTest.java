package io.emberlog.heartbeat;

import static io.emberlog.heartbeat.WorkerState.ALIVE;
import static io.emberlog.heartbeat.WorkerState.DEAD;
import static io.emberlog.heartbeat.WorkerState.HUNG;
import static io.emberlog.heartbeat.WorkerState.LATE;
import static io.emberlog.heartbeat.WorkerState.STARTING;
import static io.emberlog.heartbeat.WorkerState.STOPPED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The rows of the table in {@link LivenessMonitor}, on a stepped clock. Processes are real: this JVM, or none. */
class LivenessTableTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final long WALL = TimeUnit.SECONDS.toNanos(1_800_000_000);

    private final Station station = new Station();

    private void beatFor(FakeRing ring, Duration span) {
        station.run(span, () -> ring.word++);
    }

    private List<WorkerState> path() {
        return station.reported.stream().map(Transition::to).toList();
    }

    @Nested
    class FromStarting {

        @Test
        void staysWhileNothingIsSeen() {
            FakeRing ring = station.ring(Identities.self());

            station.quiet(SECOND);

            assertThat(station.state(ring)).isEqualTo(STARTING);
            assertThat(station.reported).isEmpty();
        }

        @Test
        void aMovingWordMakesAlive() {
            FakeRing ring = station.ring(Identities.self());

            beatFor(ring, SECOND);

            assertThat(path()).containsExactly(ALIVE);
            assertThat(station.last().from()).isEqualTo(STARTING);
            assertThat(station.last().worker()).isEqualTo(ring.identity());
        }

        @Test
        void aHeartbeatMakesAlive() {
            FakeRing ring = station.ring(Identities.self());

            station.heartbeat(ring, WALL, MINUTE);

            assertThat(path()).containsExactly(ALIVE);
        }

        @Test
        void aStandingWordOfALiveProcessMakesHung() {
            station.ring(Identities.self());

            station.quiet(SECOND.multipliedBy(3));

            assertThat(path()).containsExactly(HUNG);
            assertThat(station.last().detectedAfterNs()).as("never seen moving").isEmpty();
        }

        @Test
        void aRingLeftByADeadProcessMakesDead() {
            station.ring(Identities.reused()).lock = LockProbe.FREE;

            station.quiet(SECOND);

            assertThat(path()).containsExactly(DEAD);
            assertThat(station.death().uptimeNs()).as("never seen alive").isEmpty();
        }
    }

    @Nested
    class FromAlive {

        @Test
        void aMissedCheckInMakesLateOnlyAfterTheGrace() {
            FakeRing ring = station.ring(Identities.self());
            station.heartbeat(ring, WALL, MINUTE);

            beatFor(ring, MINUTE.plus(SECOND));
            assertThat(station.state(ring)).isEqualTo(ALIVE);
            beatFor(ring, Station.STEP);

            assertThat(path()).containsExactly(ALIVE, LATE);
            assertThat(station.last().detectedAfterNs().getAsLong())
                    .isEqualTo(SECOND.plus(Station.STEP).toNanos());
        }

        @Test
        void heartbeatsInTimeKeepItAlive() {
            FakeRing ring = station.ring(Identities.self());

            for (int minute = 0; minute < 5; minute++) {
                station.heartbeat(ring, WALL, MINUTE);
                beatFor(ring, MINUTE);
            }

            assertThat(path()).containsExactly(ALIVE);
        }

        @Test
        void aStandingWordMakesHungAfterTwoIntervals() {
            FakeRing ring = station.ring(Identities.self());
            beatFor(ring, SECOND);

            station.quiet(SECOND.multipliedBy(2).minus(Station.STEP));
            assertThat(station.state(ring)).isEqualTo(ALIVE);
            station.quiet(Station.STEP);

            assertThat(path()).containsExactly(ALIVE, HUNG);
            assertThat(station.last().detectedAfterNs().getAsLong())
                    .isEqualTo(SECOND.multipliedBy(2).toNanos());
        }

        @Test
        void aPauseOfOneAndAHalfSecondsIsNoEvent() {
            FakeRing ring = station.ring(Identities.self());

            for (int i = 0; i < 10; i++) {
                beatFor(ring, Station.STEP);
                station.quiet(SECOND.plusMillis(500));
            }

            assertThat(path()).containsExactly(ALIVE);
        }

        @Test
        void twoWitnessesMakeDeadWithinASecond() {
            FakeRing ring = station.ring(Identities.reused());
            beatFor(ring, SECOND);
            ring.lock = LockProbe.FREE;

            station.quiet(Duration.ofMillis(800));

            assertThat(path()).containsExactly(ALIVE, DEAD);
            assertThat(station.death().inOrder()).isFalse();
            assertThat(station.death().text()).isEqualTo("ended without goodbye (SIGKILL or halt)");
            assertThat(station.last().detectedAfterNs().getAsLong()).isLessThan(SECOND.toNanos());
        }
    }

    @Nested
    class FromLate {

        @Test
        void aHeartbeatMakesAlive() {
            FakeRing ring = late();

            station.heartbeat(ring, WALL, MINUTE);

            assertThat(path()).containsExactly(ALIVE, LATE, ALIVE);
        }

        @Test
        void aMovingWordAloneDoesNotMakeAlive() {
            FakeRing ring = late();

            beatFor(ring, MINUTE);

            assertThat(station.state(ring)).isEqualTo(LATE);
        }

        @Test
        void aStandingWordMakesHung() {
            FakeRing ring = late();

            station.quiet(SECOND.multipliedBy(3));

            assertThat(station.state(ring)).isEqualTo(HUNG);
        }

        private FakeRing late() {
            FakeRing ring = station.ring(Identities.self());
            station.heartbeat(ring, WALL, SECOND);
            beatFor(ring, SECOND.multipliedBy(3));
            assertThat(station.state(ring)).isEqualTo(LATE);
            return ring;
        }
    }

    @Nested
    class FromHung {

        @Test
        void aMovingWordMakesAlive() {
            FakeRing ring = station.ring(Identities.self());
            station.quiet(SECOND.multipliedBy(3));

            beatFor(ring, Station.STEP);

            assertThat(path()).containsExactly(HUNG, ALIVE);
        }

        @Test
        void aMovingWordMakesLateIfACheckInWasMissedMeanwhile() {
            FakeRing ring = station.ring(Identities.self());
            station.heartbeat(ring, WALL, SECOND.multipliedBy(10));
            station.quiet(MINUTE);

            beatFor(ring, Station.STEP);

            assertThat(path()).containsExactly(ALIVE, HUNG, LATE);
        }

        @Test
        void aProofThatIsLostLaterDoesNotMakeAlive() {
            FakeRing ring = station.ring(Identities.inOtherPidNamespace());
            station.quiet(SECOND.multipliedBy(3));

            ring.lock = LockProbe.UNKNOWN;
            station.quiet(MINUTE);

            assertThat(path()).containsExactly(HUNG);
        }

        @Test
        void twoWitnessesMakeDead() {
            FakeRing ring = station.ring(Identities.reused());
            station.quiet(SECOND.multipliedBy(3));
            assertThat(station.state(ring)).as("somebody holds its lock").isEqualTo(HUNG);

            ring.lock = LockProbe.FREE;
            station.quiet(SECOND);

            assertThat(path()).containsExactly(HUNG, DEAD);
        }
    }

    @Nested
    class FromStopped {

        @Test
        void anyStateGoesThereOnGoodbye() {
            FakeRing alive = station.ring(Identities.self());
            FakeRing late = station.ring(Identities.self());
            FakeRing hung = station.ring(Identities.self());
            station.heartbeat(late, WALL, SECOND);
            station.quiet(SECOND);
            station.run(SECOND.plusMillis(500), () -> {
                alive.word++;
                late.word++;
            });
            assertThat(List.of(station.state(alive), station.state(late), station.state(hung)))
                    .containsExactly(ALIVE, LATE, HUNG);
            FakeRing fresh = station.ring(Identities.self());

            List.of(fresh, alive, late, hung).forEach(station::goodbye);

            assertThat(List.of(fresh, alive, late, hung)).allMatch(ring -> station.state(ring) == STOPPED);
        }

        @Test
        void silenceAfterTheGoodbyeIsNoEvent() {
            FakeRing ring = station.ring(Identities.self());
            station.goodbye(ring);

            station.quiet(MINUTE);

            assertThat(path()).containsExactly(STOPPED);
        }

        @Test
        void aHeartbeatThatIsNoGoodbyeMakesAlive() {
            FakeRing ring = station.ring(Identities.self());
            station.goodbye(ring);

            station.heartbeat(ring, WALL, MINUTE);

            assertThat(path()).containsExactly(STOPPED, ALIVE);
        }

        @Test
        void aGoodbyeThatAnotherMasterHeardStandsInTheHeader() {
            FakeRing ring = new FakeRing(Identities.reused());
            ring.goodbye = true;
            station.watch(ring);
            assertThat(station.state(ring)).isEqualTo(STOPPED);
            ring.lock = LockProbe.FREE;

            station.quiet(SECOND);

            assertThat(path()).containsExactly(STOPPED, DEAD);
            assertThat(station.death().inOrder()).isTrue();
        }

        @Test
        void aHeaderWithAGoodbyeDoesNotOutweighALaterHeartbeat() {
            FakeRing ring = new FakeRing(Identities.self());
            ring.goodbye = true;
            station.watch(ring);

            station.heartbeat(ring, WALL, MINUTE);

            assertThat(path()).containsExactly(STOPPED, ALIVE);
        }

        @Test
        void twoWitnessesEndItInOrder() {
            FakeRing ring = station.ring(Identities.reused());
            station.goodbye(ring);
            ring.lock = LockProbe.FREE;

            station.quiet(SECOND);

            assertThat(path()).containsExactly(STOPPED, DEAD);
            assertThat(station.death().inOrder()).isTrue();
            assertThat(station.death().text()).isEqualTo("ended in order");
        }
    }

    @Nested
    class FromDead {

        @Test
        void nothingLeadsAway() {
            FakeRing ring = station.ring(Identities.reused());
            ring.lock = LockProbe.FREE;
            station.quiet(SECOND);
            int probes = ring.lockProbes;

            ring.lock = LockProbe.HELD;
            station.heartbeat(ring, WALL, MINUTE);
            beatFor(ring, MINUTE);
            station.goodbye(ring);

            assertThat(path()).containsExactly(DEAD);
            assertThat(ring.lockProbes).isEqualTo(probes);
        }
    }

    @Nested
    class OneWitnessIsNone {

        @Test
        void aFreeLockOfALiveProcessNeverMakesDead() {
            FakeRing ring = station.ring(Identities.self());
            ring.lock = LockProbe.FREE;

            station.quiet(MINUTE);

            assertThat(path()).containsExactly(HUNG);
        }

        @Test
        void aHeldLockOfAGoneProcessNeverMakesDead() {
            station.ring(Identities.reused());

            station.quiet(MINUTE);

            assertThat(path()).containsExactly(HUNG);
        }

        @Test
        void aLockThatCannotBeProbedNeverMakesDead() {
            FakeRing ring = station.ring(Identities.reused());
            ring.lock = LockProbe.UNKNOWN;
            station.heartbeat(ring, WALL, SECOND);

            station.quiet(MINUTE);

            assertThat(path()).as("neither proved alive nor proved dead").containsExactly(ALIVE, LATE);
        }

        @Test
        void aLockFileThatSomebodyRemovedMakesDeadOnlyWhenTheProcessIsGoneAndTheWordStoodStill() {
            FakeRing living = station.ring(Identities.self());
            FakeRing foreign = station.ring(Identities.inOtherPidNamespace());
            FakeRing gone = station.ring(Identities.reused());
            living.lock = LockProbe.MISSING;
            foreign.lock = LockProbe.MISSING;
            gone.lock = LockProbe.MISSING;
            station.run(SECOND, () -> gone.word++);

            station.quiet(SECOND.multipliedBy(3).minus(Station.STEP));
            assertThat(station.state(gone)).isNotEqualTo(DEAD);
            station.quiet(SECOND);

            assertThat(station.state(gone)).isEqualTo(DEAD);
            station.quiet(MINUTE);
            assertThat(station.state(living)).as("its process is there").isEqualTo(HUNG);
            assertThat(station.state(foreign)).as("nobody can tell").isNotEqualTo(DEAD);
        }

        @Test
        void aRingThatItsWorkerTruncatedNeverMakesDead() {
            FakeRing ring = station.ring(Identities.reused());
            beatFor(ring, SECOND);
            ring.truncated = true;

            station.quiet(MINUTE);

            assertThat(path()).containsExactly(ALIVE);
        }

        @Test
        void aWordThatStillMovesKeepsAWorkerAlive() {
            FakeRing ring = station.ring(Identities.reused());
            ring.lock = LockProbe.FREE;

            beatFor(ring, MINUTE);

            assertThat(path()).containsExactly(ALIVE);
        }
    }

    @Nested
    class WhereProcessesCannotBeCompared {

        @Test
        void aFreeLockAndThreeQuietIntervalsMakeDead() {
            FakeRing ring = station.ring(Identities.inOtherPidNamespace());
            ring.lock = LockProbe.FREE;

            station.quiet(SECOND.multipliedBy(3).minus(Station.STEP));
            assertThat(station.state(ring)).isEqualTo(STARTING);
            station.quiet(Duration.ofMillis(200).plus(Station.STEP));

            assertThat(path()).containsExactly(DEAD);
        }

        @Test
        void anEarlierBootIsJudgedAndSaysSo() {
            FakeRing ring = station.ring(
                    Identities.of(7, 7, "another boot", Identities.HOST.machineId(), Identities.HOST.pidNamespace()));
            ring.lock = LockProbe.FREE;

            station.quiet(SECOND.multipliedBy(4));

            assertThat(path()).containsExactly(DEAD);
            assertThat(station.death().text()).isEqualTo("ended with an earlier boot of this machine");
        }

        @Test
        void aHeldLockProvesItAlive() {
            station.ring(Identities.inOtherPidNamespace());

            station.quiet(MINUTE);

            assertThat(path()).containsExactly(HUNG);
        }

        @Test
        void aForeignMachineIsReportedAndNeverJudged() {
            FakeRing ring = station.ring(Identities.onOtherMachine());
            ring.lock = LockProbe.FREE;
            station.heartbeat(ring, WALL, SECOND);
            beatFor(ring, SECOND.multipliedBy(3));

            station.quiet(MINUTE);

            assertThat(path()).containsExactly(ALIVE, LATE, HUNG);
        }
    }

    @Nested
    class OfOurOwnJvm {

        @Test
        void itIsNeitherProbedNorJudged() {
            FakeRing own = station.watch(new FakeRing(Identities.reused(), true));
            own.lock = LockProbe.FREE;
            station.heartbeat(own, WALL, SECOND);

            station.quiet(MINUTE);

            assertThat(path()).containsExactly(ALIVE);
            assertThat(own.lockProbes).isZero();
        }

        @Test
        void itsGoodbyeIsHeard() {
            FakeRing own = station.watch(new FakeRing(Identities.self(), true));

            station.goodbye(own);

            assertThat(path()).containsExactly(STOPPED);
        }
    }

    @Nested
    class Clocks {

        @Test
        void aSteppedWallClockOfTheWorkerMakesNobodyLate() {
            FakeRing ring = station.ring(Identities.self());
            long wall = WALL;

            for (long step : new long[] {0, -3_600, 315_360_000, -315_360_000}) {
                wall += TimeUnit.SECONDS.toNanos(step);
                station.heartbeat(ring, wall, MINUTE);
                beatFor(ring, MINUTE);
            }

            assertThat(path()).containsExactly(ALIVE);
        }

        @Test
        void aPauseOfTheMasterMakesNobodyLateHungOrDead() {
            FakeRing held = station.ring(Identities.self());
            FakeRing dropped = station.ring(Identities.inOtherPidNamespace());
            dropped.lock = LockProbe.FREE;
            station.heartbeat(held, WALL, MINUTE);
            station.run(SECOND, () -> {
                held.word++;
                dropped.word++;
            });

            station.pause(Duration.ofHours(8));
            station.pause(Duration.ofHours(8));
            station.run(SECOND, () -> {
                held.word++;
                dropped.word++;
            });

            assertThat(path()).containsExactly(ALIVE, ALIVE);
        }

        @Test
        void aHeartbeatThatPromisesNothingUsableIsOnlyASignOfLife() {
            FakeRing ring = station.ring(Identities.self());

            station.monitor.onHeartbeat(ring.identity().ringUuid(), Long.MIN_VALUE, Long.MAX_VALUE, false);
            beatFor(ring, MINUTE);
            station.monitor.onHeartbeat(ring.identity().ringUuid(), WALL, WALL - 1, false);
            beatFor(ring, MINUTE);

            assertThat(path()).containsExactly(ALIVE);
        }

        @Test
        void whoPromisesToBeSilentForYearsIsHeldToADay() {
            assertThat(Announcement.of(0, Long.MAX_VALUE, false).spanNs())
                    .isEqualTo(Duration.ofDays(1).toNanos());
        }
    }

    @Nested
    class Housekeeping {

        @Test
        void aRemovedWorkerIsForgotten() {
            FakeRing ring = station.ring(Identities.self());

            assertThat(station.monitor.remove(ring.identity().ringUuid())).isTrue();
            station.monitor.onHeartbeat(ring.identity().ringUuid(), 0, 1, false);
            station.quiet(MINUTE);

            assertThat(station.reported).isEmpty();
            assertThat(station.monitor.state(ring.identity().ringUuid())).isEmpty();
            assertThat(station.monitor.remove(ring.identity().ringUuid())).isFalse();
        }

        @Test
        void theListenerMayRemoveTheDead() {
            ProcessProbe processes = new ProcessProbe(Identities.HOST);
            CrashForensics forensics = new CrashForensics(processes, List.of());
            LivenessMonitor[] monitor = {null};
            long[] now = {0};
            monitor[0] = new LivenessMonitor(
                    LivenessConfig.DEFAULTS,
                    () -> now[0],
                    processes,
                    forensics,
                    dead -> monitor[0].remove(dead.worker().ringUuid()));
            FakeRing first = new FakeRing(Identities.reused());
            FakeRing second = new FakeRing(Identities.reused());
            List.of(first, second).forEach(ring -> {
                ring.lock = LockProbe.FREE;
                monitor[0].add(ring);
            });

            int reported = 0;
            for (int step = 0; step < 50; step++) {
                now[0] += Station.STEP.toNanos();
                reported += monitor[0].doWork();
            }

            assertThat(reported).isEqualTo(2);
            assertThat(monitor[0].state(first.identity().ringUuid())).isEmpty();
            monitor[0].add(first);
        }

        @Test
        void aWorkerCannotBeAddedTwice() {
            FakeRing ring = station.ring(Identities.self());

            assertThatThrownBy(() -> station.monitor.add(ring))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ringUuid=" + ring.identity().ringUuid());
        }

        @Test
        void aListenerThatThrowsKeepsNobodyFromBeingReported() {
            ProcessProbe processes = new ProcessProbe(Identities.HOST);
            CrashForensics forensics = new CrashForensics(processes, List.of());
            List<Transition> heard = new ArrayList<>();
            LivenessMonitor monitor =
                    new LivenessMonitor(LivenessConfig.DEFAULTS, () -> 0, processes, forensics, transition -> {
                        heard.add(transition);
                        throw new IllegalStateException("listener");
                    });
            for (int i = 0; i < 3; i++) {
                FakeRing ring = new FakeRing(Identities.self());
                monitor.add(ring);
                monitor.onHeartbeat(ring.identity().ringUuid(), 0, 1, false);
            }

            assertThatThrownBy(monitor::doWork)
                    .hasMessage("listener")
                    .satisfies(first -> assertThat(first.getSuppressed()).hasSize(2));

            assertThat(heard).hasSize(3);
            assertThat(monitor.doWork()).isZero();
        }

        @Test
        void whatAFullHeapKeptFromBeingHeardIsToldAgain() {
            ProcessProbe processes = new ProcessProbe(Identities.HOST);
            CrashForensics forensics = new CrashForensics(processes, List.of());
            List<Transition> heard = new ArrayList<>();
            LivenessMonitor monitor =
                    new LivenessMonitor(LivenessConfig.DEFAULTS, () -> 0, processes, forensics, transition -> {
                        heard.add(transition);
                        if (heard.size() == 1) {
                            throw new OutOfMemoryError("the first time");
                        }
                    });
            FakeRing ring = new FakeRing(Identities.self());
            monitor.add(ring);
            monitor.onHeartbeat(ring.identity().ringUuid(), 0, 1, false);

            assertThatThrownBy(monitor::doWork).isInstanceOf(OutOfMemoryError.class);
            assertThat(monitor.doWork()).isEqualTo(1);
            assertThat(monitor.doWork()).isZero();

            assertThat(heard).hasSize(2);
            assertThat(heard.get(1)).isEqualTo(heard.get(0));
        }

        @Test
        void spansThatMakeNoSenseAreRefusedByName() {
            assertThatThrownBy(() -> new LivenessConfig(-1, 250, 1_000, 200))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("graceNs=-1 must be between 0 and");
            assertThatThrownBy(() -> new LivenessConfig(0, 250_000_000, 499_999_999, 200_000_000))
                    .hasMessageContaining("intervalNs=499999999 must be between 500000000 and");
        }
    }
}

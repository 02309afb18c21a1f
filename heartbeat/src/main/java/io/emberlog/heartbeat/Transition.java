package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One change of a worker's state.
 *
 * @param detectedAfterNs LATE: time since the announced check-in, grace not deducted; HUNG: time since the word last
 *     moved; DEAD: the same, so the crash is at most this old; empty for the others, and where this master never saw
 *     the word move. On the monitor's clock, which does not run while the master itself is paused.
 * @param death present exactly when {@code to} is DEAD
 */
public record Transition(
        WorkerIdentity worker,
        WorkerState from,
        WorkerState to,
        OptionalLong detectedAfterNs,
        Optional<DeathReport> death) {}

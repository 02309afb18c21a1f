package io.emberlog.master.level;

import java.util.UUID;

/**
 * A live worker, by what its ring says.
 *
 * @param name as it calls itself, untrusted
 * @param controlSequence the control page's sequence that is in force in it, by its own word; 0 = none
 */
public record LevelWorker(String name, long pid, UUID ring, long controlSequence) {}

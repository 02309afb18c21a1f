/**
 * Silences: what handlers are not to be told for a while. A silence mutes handlers and never the journal.
 *
 * <p>Process and threads: {@code emberlog silence} writes, in its own process; the master's keeper thread reads, several times a
 * second. Files, in the state directory: {@code silences} (replaced as a whole, with {@code silences.tmp} beside it) and {@code
 * silences.lock} (held by a command while it changes them); nothing is deleted.
 */
package io.emberlog.master.silence;

/**
 * Ring files: how they are made, written, drained, salvaged and looked at.
 *
 * <p>The claim side ({@link io.emberlog.ring.Ring}) runs in worker processes on any thread, the drain side ({@link
 * io.emberlog.ring.RingDrain}) in the master on its drain thread. A worker creates {@code .lock}, {@code .tmp} and
 * {@code .ring} files in its channel directory and maps the latter; the master maps them and unlinks them when their
 * owner is dead and everything readable is in the journal.
 */
package io.emberlog.ring;

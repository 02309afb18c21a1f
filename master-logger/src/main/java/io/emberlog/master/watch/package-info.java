/**
 * Finds rings and watches their owners.
 *
 * <p>Runs on the master's watch thread only. Lists the channel directory, opens and maps ring files, probes locks, and
 * removes what half-made rings left behind.
 */
package io.emberlog.master.watch;

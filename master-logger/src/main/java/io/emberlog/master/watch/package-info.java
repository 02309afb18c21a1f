/**
 * Finds rings and watches their owners.
 *
 * <p>Runs on the master's watch thread only. Lists the channel directory, or in one of several users each user's folder
 * ({@link io.emberlog.master.watch.RingFolder}), opens and maps ring files with the trust that the place allows ({@link
 * io.emberlog.master.watch.RingGate}), sets aside what is no ring, probes locks, and removes what half-made rings left behind.
 */
package io.emberlog.master.watch;

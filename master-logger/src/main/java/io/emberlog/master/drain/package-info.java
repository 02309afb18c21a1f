/**
 * From rings to journal: takes validated blocks out of every ring, appends them as one document, gives the space back,
 * and salvages rings whose owner is dead.
 *
 * <p>Runs on the master's drain thread only, but for {@link io.emberlog.master.drain.MasterEvents}, which any thread may
 * feed, and {@link io.emberlog.master.drain.RingReaper} and {@link io.emberlog.master.drain.SyncAgent}, which have threads of
 * their own for unlinking and for forcing the journal. Maps
 * the workers' ring files; unlinks those that are ended; renames broken ones.
 */
package io.emberlog.master.drain;

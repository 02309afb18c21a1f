/**
 * The control page: how a level change reaches every live worker of a channel without a socket, with or without a master.
 *
 * <p>Written by the command line (or whoever else may write in the channel directory) under a lock file; read by each
 * worker's housekeeper and by the master's watch thread. Files, in the channel directory: {@code control}, made once and
 * never truncated, replaced or deleted by Emberlog; {@code control.lock}; and {@code control.tmp} for a moment while the
 * page is made.
 */
package io.emberlog.ring.control;

/**
 * {@code type = "journald"}: records to systemd's journal by its native protocol, with all their fields. In the master process and in
 * replay, on the handler's own thread. Creates no file with a name: entries that are too long for a datagram are passed as sealed
 * memory.
 */
package io.emberlog.handler.journald;

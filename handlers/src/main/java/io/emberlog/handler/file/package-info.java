/**
 * The file handler. Run by one handler thread of the master, or by replay. Creates, writes, renames and deletes the log
 * file and its numbered predecessors, nothing else; all through {@link io.emberlog.handler.file.FileOps}.
 */
package io.emberlog.handler.file;

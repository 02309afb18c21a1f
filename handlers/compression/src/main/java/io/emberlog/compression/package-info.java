/**
 * Ways to compress rotated files that need native code. Run by the background thread of a file handler; creates, maps and deletes
 * no file, but that the libraries unpack their native part into {@code java.io.tmpdir} when the first one is used.
 */
package io.emberlog.compression;

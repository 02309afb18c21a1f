/**
 * What went wrong, out of the files of a channel: errors and losses, each distinct cause once. Run by one thread of a
 * command-line process; opens files for reading, creates and deletes nothing.
 */
package io.emberlog.master.findings;

/**
 * What the files of a channel tell about it from outside: workers, journal, handlers, master. Run by one thread of a
 * command-line process; opens files for reading, maps rings read-only, takes no lock, creates and deletes nothing.
 */
package io.emberlog.master.stat;

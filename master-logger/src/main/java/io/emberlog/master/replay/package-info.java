/**
 * Reads what a crash left: ring files and journals, with or without each other, and changes nothing in them. Run by one
 * thread of a command-line process; opens files for reading and maps rings read-only; creates and deletes nothing.
 */
package io.emberlog.master.replay;

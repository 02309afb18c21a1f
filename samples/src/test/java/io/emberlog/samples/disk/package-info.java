/**
 * Disks that fail, are full, or are the last thing that a process touches: faults made in the file calls of real processes ({@code
 * faulty_io.c}, put in front of libc) and on small file systems of their own. Runs in the test process, which starts workers,
 * masters and the judge; creates one directory per run, mounts file systems, and removes both.
 */
package io.emberlog.samples.disk;

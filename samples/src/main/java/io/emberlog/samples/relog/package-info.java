/**
 * Sample: files of log lines are logged again, line by line, by several worker processes; a worker and the master are
 * killed on the way; what arrives must rebuild the files byte for byte. Processes: the director
 * ({@link io.emberlog.samples.relog.Relog}), three {@link io.emberlog.samples.relog.RelogWorker}s, a master. Files: one
 * directory for the run.
 */
package io.emberlog.samples.relog;

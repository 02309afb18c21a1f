/**
 * Emberlog as the logging system behind SLF4J 2. Put this artifact on the class path; it is configured by the worker's
 * {@code EMBERLOG_*} variables and {@code emberlog.*} properties only.
 *
 * <p>Runs on the application's threads. The worker is opened at the first call that needs it (a level check or a log
 * call), not when loggers are created; files are those of {@code io.emberlog.worker}.
 */
package io.emberlog.worker.slf4j;

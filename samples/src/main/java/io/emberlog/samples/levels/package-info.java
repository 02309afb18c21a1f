/**
 * An application that shows what level changes do to it. Runs in worker processes of its own; creates no files but those
 * of its worker.
 */
package io.emberlog.samples.levels;

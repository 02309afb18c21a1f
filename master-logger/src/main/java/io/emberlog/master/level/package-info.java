/**
 * Levels of a whole channel: what the control page says, and which workers have taken it over.
 *
 * <p>Runs in the command line's process. Changes no file but through {@link io.emberlog.ring.control.ControlPageWriter};
 * maps rings for reading.
 */
package io.emberlog.master.level;

/**
 * An application that carries its own master: one process, no daemon, no configuration file. Its files are where the first
 * argument says; it deletes none.
 */
package io.emberlog.samples.embedded;

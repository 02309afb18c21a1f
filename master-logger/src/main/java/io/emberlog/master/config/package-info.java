/**
 * The master's configuration: what may be set, and what was set. Read once, before the master starts, by the thread
 * that starts it; every result is immutable. Reads the configuration file; creates, maps and deletes nothing.
 *
 * <p>Each key is declared once, in {@link io.emberlog.master.config.ConfigKeys} or by the handler that owns it; the
 * parser, the reference file, docs/configuration.md and the error messages come from that declaration.
 */
package io.emberlog.master.config;

/**
 * What must not leave the machine in a record: found by name, by shape or by the user's own expressions, and made unreadable before a
 * handler sees it. Used by handler threads and commands, each with a {@code Redactor} of its own; opens and writes nothing.
 */
package io.emberlog.handler.redact;

package io.emberlog.handler.alert;

import io.emberlog.message.Level;

/**
 * What is to be said of one group. Texts of records are one line each, but exception and breadcrumbs, which are lines; control
 * characters are escaped, nothing else. Immutable.
 *
 * @param key of the group; the same in each of its notices
 * @param occasion why it is said now
 * @param level name of it
 * @param severity 0 to 24
 * @param logger empty when it has none
 * @param message of one record that was not told before, the first of them
 * @param exception of that record; may be empty
 * @param breadcrumbs last records of its worker, in order; may be empty
 * @param count records since the last notice
 * @param total records since the group began
 * @param firstNs wall clock of the group's first record
 * @param sinceNs wall clock of the first record since the last notice
 * @param lastNs wall clock of the last record
 * @param workers names and how many more
 */
public record Notice(
        long key,
        Occasion occasion,
        String level,
        int severity,
        String logger,
        String message,
        String exception,
        String breadcrumbs,
        long count,
        long total,
        long firstNs,
        long sinceNs,
        long lastNs,
        String workers) {
    /** Why a group is told of. */
    public enum Occasion {
        /** For the first time. */
        FIRST,
        /** More of it have come. */
        AGAIN,
        /** None have come for a while. */
        OVER,
        /** The master ends, and what waits is told. */
        STOPPING
    }

    /** Without anything that a worker wrote, for a service that refused it. */
    public Notice plain() {
        return new Notice(
                key,
                occasion,
                Level.canonical(severity).name(),
                severity,
                "",
                "(the service refused the text)",
                "",
                "",
                count,
                total,
                firstNs,
                sinceNs,
                lastNs,
                "");
    }
}

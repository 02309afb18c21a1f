package io.emberlog.master.drain;

import io.emberlog.message.Level;

/** Takes records of the master. */
@FunctionalInterface
public interface EventSink {
    /** {@code {}} in the template stands for the arguments. */
    void add(Level level, String logger, String template, Object[] args, MasterEvents.Field... fields);
}

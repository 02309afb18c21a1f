package io.emberlog.handler;

import java.util.List;

/**
 * Makes handlers of one type; found by {@link java.util.ServiceLoader}, so a public class with a public constructor
 * that takes nothing, named in {@code META-INF/services/io.emberlog.handler.HandlerFactory}.
 */
public interface HandlerFactory {
    /** What {@code type = "..."} says in the configuration: lower case, unique. */
    String type();

    /** Every setting of its own, in the order of the documentation; those that all handlers have are not repeated. */
    List<SettingKey> settings();

    /**
     * A handler that has opened nothing yet.
     *
     * @param settings checked against {@link #settings} one by one
     * @throws IllegalArgumentException for settings that are wrong only together
     */
    Handler create(HandlerSettings settings);
}

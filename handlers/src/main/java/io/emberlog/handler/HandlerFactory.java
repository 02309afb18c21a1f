package io.emberlog.handler;

import io.emberlog.message.Level;
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

    /** What {@code min_level} is unless it is set: records below it do not reach the handler. All, unless this says otherwise. */
    default Level defaultMinLevel() {
        return Level.NOTSET;
    }

    /**
     * Why two handlers of this type must not run side by side, as an error message begins: {@code path: ...}; null where they
     * may, as they do unless this says otherwise.
     *
     * @param one settings that {@link #create} takes
     * @param other the same
     * @param otherName for the message
     */
    default String conflict(HandlerSettings one, HandlerSettings other, String otherName) {
        return null;
    }

    /**
     * What is in the way of such a handler on this machine just now, as an error message begins: {@code path: ...}; null when nothing is, which
     * is so unless this says otherwise. {@code emberlog validate} asks. A master does not: it starts, and that handler waits, for what is in
     * the way may go.
     *
     * @param settings that {@link #create} takes
     */
    default String obstacle(HandlerSettings settings) {
        return null;
    }

    /**
     * Whether these handlers tell people, rather than keep a log: {@code emberlog silence} without a handler's name mutes them,
     * and no others.
     */
    default boolean alerts() {
        return false;
    }

    /**
     * A handler that has opened nothing yet; also made by whoever only reads the configuration, and forgotten then.
     *
     * @param settings checked against {@link #settings} one by one
     * @throws IllegalArgumentException for settings that are wrong only together; a message that begins with the name of a
     *     setting and a colon is told at its place
     */
    Handler create(HandlerSettings settings);
}

package io.emberlog.master.config;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.message.Level;
import java.util.List;
import java.util.Locale;

/**
 * A kind of handler that a configuration may name.
 *
 * @param type the word after {@code type =}
 * @param settings the keys it takes beside those that every handler has
 * @param rules what must hold beyond each of them
 */
public record HandlerType(String type, List<SettingKey> settings, Rules rules) {
    /** What is wrong only together; texts begin with the key that is to blame, if it is one: {@code path: ...}. */
    public interface Rules {
        /** @throws IllegalArgumentException saying what is wrong and what is allowed */
        void check(HandlerSettings settings);

        /** What is in the way on this machine just now; null when nothing is. */
        default String obstacle(HandlerSettings settings) {
            return null;
        }

        /** Why two handlers must not run side by side; null where they may. */
        String conflict(HandlerSettings one, HandlerSettings other, String otherName);

        /** What {@code min_level} is unless it is set. */
        default Level defaultMinLevel() {
            return Level.NOTSET;
        }

        /** Whether they tell people, rather than keep a log. */
        default boolean alerts() {
            return false;
        }
    }

    /** The same, and what is in the way on this machine just now is wrong, too. */
    HandlerType lookingAround() {
        Rules all = rules;
        return new HandlerType(type, settings, new Rules() {
            @Override
            public void check(HandlerSettings given) {
                all.check(given);
                String obstacle = all.obstacle(given);
                if (obstacle != null) {
                    throw new IllegalArgumentException(obstacle);
                }
            }

            @Override
            public String conflict(HandlerSettings one, HandlerSettings other, String otherName) {
                return all.conflict(one, other, otherName);
            }

            @Override
            public Level defaultMinLevel() {
                return all.defaultMinLevel();
            }

            @Override
            public boolean alerts() {
                return all.alerts();
            }
        });
    }

    /** The key {@code min_level} with this type's default. */
    SettingKey minLevel() {
        return ConfigKeys.HANDLER_MIN_LEVEL.orElse(
                rules.defaultMinLevel().name().toLowerCase(Locale.ROOT));
    }

    private static final Rules NONE = new Rules() {
        @Override
        public void check(HandlerSettings settings) {
            // any will do
        }

        @Override
        public String conflict(HandlerSettings one, HandlerSettings other, String otherName) {
            return null;
        }
    };

    /** Without rules. */
    public HandlerType(String type, List<SettingKey> settings) {
        this(type, settings, NONE);
    }

    public HandlerType {
        settings = List.copyOf(settings);
        for (SettingKey key : settings) {
            if (ConfigKeys.HANDLER.find(key.name()).isPresent()) {
                throw new IllegalArgumentException(
                        "handler type=" + type + " declares " + key + ", which every handler already has; rename it");
            }
        }
    }
}

package io.emberlog.master.config;

import java.util.List;
import java.util.Optional;

/**
 * Everything a master needs to know before it starts. Immutable; {@link ConfigReader} makes one from a file, the
 * environment and flags, {@link MasterConfigBuilder} from what a program says.
 *
 * @param handlers in the order of the file; names are unique; may be empty, then records are journaled only
 * @param settings every key with the value in force and where it comes from: sections first, then handlers
 */
public record MasterConfig(
        ChannelConfig channel,
        JournalConfig journal,
        MasterSettings master,
        List<HandlerConfig> handlers,
        List<EffectiveSetting> settings) {
    public MasterConfig {
        handlers = List.copyOf(handlers);
        settings = List.copyOf(settings);
    }

    /** For a program that needs no file. */
    public static MasterConfigBuilder builder() {
        return new MasterConfigBuilder();
    }

    /** The one of that key, {@code journal.max_size} or {@code handlers.NAME.path}. */
    public Optional<EffectiveSetting> setting(String dotted) {
        return settings.stream()
                .filter(setting -> setting.dotted().equals(dotted))
                .findFirst();
    }
}

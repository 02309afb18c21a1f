package io.emberlog.master.config;

import java.util.List;

/**
 * Everything a master needs to know before it starts. Immutable; {@link ConfigReader} makes one from a file, the
 * environment and flags.
 *
 * @param handlers in the order of the file; names are unique; may be empty, then records are journaled only
 */
public record MasterConfig(
        ChannelConfig channel, JournalConfig journal, MasterSettings master, List<HandlerConfig> handlers) {
    public MasterConfig {
        handlers = List.copyOf(handlers);
    }
}

package io.emberlog.master.config;

import java.nio.file.Path;

/**
 * Where workers put their rings.
 *
 * @param directory absolute; the channel directory itself
 */
public record ChannelConfig(Path directory) {
    /** The channel's name: the last part of its directory. */
    public String name() {
        Path last = directory.getFileName();
        return last == null ? "root" : last.toString();
    }
}

package io.emberlog.master.config;

import java.nio.file.Path;

/**
 * Where workers put their rings.
 *
 * @param directory absolute; the channel directory itself
 * @param perUser whether workers of several users log there, each into a folder of its own
 */
public record ChannelConfig(Path directory, boolean perUser) {
    /** The channel's name: the last part of its directory. */
    public String name() {
        Path last = directory.getFileName();
        return last == null ? "root" : last.toString();
    }
}

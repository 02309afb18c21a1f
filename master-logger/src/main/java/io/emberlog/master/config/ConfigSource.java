package io.emberlog.master.config;

import java.io.IOException;

/** Reads the same configuration again: the same file, flags and environment, as they are now. */
@FunctionalInterface
public interface ConfigSource {
    /**
     * @throws IOException when the file cannot be read
     * @throws ConfigException naming every problem
     */
    MasterConfig read() throws IOException, ConfigException;
}

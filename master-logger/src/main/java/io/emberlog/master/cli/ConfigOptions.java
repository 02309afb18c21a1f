package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.ConfigSource;
import io.emberlog.master.config.MasterConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** What commands that read a configuration have in common. */
final class ConfigOptions {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a setting, for example --set journal.max_size=1GiB; may be repeated.")
    private Map<String, String> flags = new LinkedHashMap<>();

    /** A flag of its own for a setting; null when it was not given. */
    void override(String key, Path value) {
        if (value != null) {
            flags.put(key, value.toString());
        }
    }

    /** The same file and flags, and whatever they say by then. */
    ConfigSource source(ConfigReader reader, Path file) {
        return () -> file == null ? reader.defaults(flags) : reader.read(file, flags);
    }

    /** As {@link #read}, but as a master has it that was started without these flags. */
    MasterConfig readUnflagged(ConfigReader reader, Path file) throws ConfigException {
        return read(reader, file, Map.of());
    }

    /** A file that does not exist is a mistyped command line; one that cannot be read is the system's trouble. */
    MasterConfig read(ConfigReader reader, Path file) throws ConfigException {
        return read(reader, file, flags);
    }

    private static MasterConfig read(ConfigReader reader, Path file, Map<String, String> given) throws ConfigException {
        try {
            return file == null ? reader.defaults(given) : reader.read(file, given);
        } catch (NoSuchFileException e) {
            throw new CliException(ExitCodes.USAGE, file + ": there is no such file", e);
        } catch (IOException e) {
            throw CliException.io(e, file);
        }
    }
}

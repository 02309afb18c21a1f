package io.emberlog.master.cli;

import io.emberlog.fuzz.Check;
import io.emberlog.fuzz.Scratch;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigProblem;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.config.MasterConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Bytes as a configuration file. It is a configuration, and what {@code config show} prints of it is the same configuration; or it
 * is refused with a {@link ConfigException} whose every line names a problem and cannot command a terminal.
 */
public final class ConfigurationFuzz {
    private static final Path DIRECTORY = Scratch.directory("configuration");
    private static final Path FILE = DIRECTORY.resolve("master.toml");
    private static final Path SHOWN = DIRECTORY.resolve("shown.toml");
    private static final ConfigReader READER = new ConfigReader(
            HandlerTypes.installed(), Map.of("XDG_STATE_HOME", "/nowhere", "EMBERLOG_DIR", "/nowhere/rings"));

    private ConfigurationFuzz() {}

    /** Called by the fuzzer before it counts the time of an input: most of the first one's goes into instrumenting classes. */
    public static void fuzzerInitialize() throws IOException {
        fuzzerTestOneInput(
                "[journal]\nmax_size = \"1 GiB\"\n[[handlers]]\ntype = \"console\"\n".getBytes(StandardCharsets.UTF_8));
    }

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Scratch.write(FILE, data, 0, data.length);
        MasterConfig config;
        try {
            config = READER.read(FILE, Map.of());
        } catch (ConfigException e) {
            Check.that(!e.problems().isEmpty(), "a problem");
            for (ConfigProblem problem : e.problems()) {
                String line = problem.toString();
                Check.that(!line.isBlank(), "a problem is told");
                Check.that(line.chars().noneMatch(ConfigurationFuzz::isControl), "a problem is plain text: " + line);
            }
            return;
        }
        String shown = ConfigListing.toml(config, false);
        byte[] bytes = shown.getBytes(StandardCharsets.UTF_8);
        Scratch.write(SHOWN, bytes, 0, bytes.length);
        try {
            Check.same(
                    ConfigListing.toml(READER.read(SHOWN, Map.of()), false), shown, "what is shown of what was shown");
        } catch (ConfigException e) {
            throw new AssertionError("what is shown is a configuration: " + shown, e);
        }
        Check.that(ConfigListing.json(config).startsWith("["), "it is shown in JSON, too");
    }

    private static boolean isControl(int c) {
        return c < ' ' && c != '\t' || c >= 0x7F && c < 0xA0;
    }
}

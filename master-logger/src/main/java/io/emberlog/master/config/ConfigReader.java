package io.emberlog.master.config;

import io.emberlog.handler.SettingType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/**
 * Makes a {@link MasterConfig}. A flag beats the environment, the environment beats the file, the file beats the
 * default. Whatever is wrong is reported all at once. Immutable; any thread.
 */
public final class ConfigReader {
    private static final int MAX_FILE_BYTES = 1 << 20;

    /** A line that begins a value, or a table. */
    private static final Pattern KEY = Pattern.compile("^\\s*([A-Za-z0-9_.-]+\\s*=(?!=)|\\[)");

    private final List<HandlerType> handlerTypes;
    private final Map<String, String> environment;

    /**
     * @param handlerTypes what {@code [[handlers]] type} may name
     * @param environment usually {@link System#getenv()}
     */
    public ConfigReader(List<HandlerType> handlerTypes, Map<String, String> environment) {
        this.handlerTypes = List.copyOf(handlerTypes);
        this.environment = Map.copyOf(environment);
    }

    /** One for whom what is in the way of a handler on this machine just now is wrong, too. */
    public ConfigReader lookingAround() {
        return new ConfigReader(
                handlerTypes.stream().map(HandlerType::lookingAround).toList(), environment);
    }

    /**
     * Reads a file.
     *
     * @param flags values by dotted key ({@code journal.max_size}, {@code handlers.NAME.path}), as text
     * @throws IOException when the file cannot be read at all
     * @throws ConfigException naming every problem by line and column
     */
    public MasterConfig read(Path file, Map<String, String> flags) throws IOException, ConfigException {
        String text = text(file);
        TomlParseResult toml = Toml.parse(text);
        if (toml.hasErrors()) {
            List<String> lines = text.lines().toList();
            throw new ConfigException(
                    toml.errors().stream().map(e -> syntax(file, lines, e)).toList());
        }
        Path directory = file.toAbsolutePath().getParent();
        return new ConfigAssembly(handlerTypes, environment, flags)
                .assemble(ConfigTable.of(toml, file.toString(), directory));
    }

    /**
     * The configuration of a master that was given no file: the console and one file.
     *
     * @param flags as for {@link #read}
     * @throws ConfigException when a flag or a variable is wrong
     */
    public MasterConfig defaults(Map<String, String> flags) throws ConfigException {
        SettingOrigin origin = new SettingOrigin(SettingOrigin.Kind.DEFAULT, "defaults", 0, 0);
        return new ConfigAssembly(handlerTypes, environment, flags)
                .assemble(new ConfigTable(origin, Path.of("").toAbsolutePath()));
    }

    private static String text(Path file) throws IOException, ConfigException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_FILE_BYTES + 1);
        }
        if (bytes.length > MAX_FILE_BYTES) {
            throw new ConfigException(List.of(new ConfigProblem(
                    file.toString(), 0, 0, "", "is larger than 1 MiB; allowed: a TOML file of at most that size")));
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new ConfigException(
                    List.of(new ConfigProblem(file.toString(), 0, 0, "", "is not UTF-8; allowed: a TOML file")));
        }
    }

    private ConfigProblem syntax(Path file, List<String> lines, TomlParseError error) {
        int line = error.position().line();
        int column = error.position().column();
        String message = line >= 1 && line <= lines.size() && mayHoldSecret(lines, line - 1)
                ? "is not TOML; what stands here is not printed, since it may be a secret; allowed: \"env:NAME\" or"
                        + " \"file:PATH\", in quotes"
                : error.getMessage();
        return new ConfigProblem(file + ":" + line + ':' + column, line, column, "", message);
    }

    /** The parser's own words quote what it stumbled upon; a value may have begun lines before. */
    private boolean mayHoldSecret(List<String> lines, int at) {
        for (int i = at; i >= 0; i--) {
            String line = lines.get(i);
            if (handlerTypes.stream()
                    .flatMap(type -> type.settings().stream())
                    .filter(key -> key.type() == SettingType.SECRET || key.type() == SettingType.HEADERS)
                    .anyMatch(key -> line.contains(key.name()))) {
                return true;
            }
            if (KEY.matcher(line).find()) {
                return false;
            }
        }
        return false;
    }
}

package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.emberlog.handler.SettingKey;
import io.emberlog.handler.SettingType;
import io.emberlog.master.config.ConfigKeys.Section;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigKeysTest {
    /** A variable that is set. */
    static final String SECRET = "SECRET";

    static final String ADDRESS = "ADDRESS";

    @TempDir
    private Path directory;

    /** Key, a good value as TOML, a bad value, what the message says about the bad one. */
    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("channel.directory", "\"/run/c\"", "1", "1 is not a path; allowed: a path in quotes"),
                Arguments.of(
                        "channel.per_user",
                        "true",
                        "\"all\"",
                        "\"all\" is not true or false; allowed: true or false, without quotes"),
                Arguments.of("journal.directory", "\"/var/j\"", "\"\"", "\"\" is empty; allowed: a path in quotes"),
                Arguments.of(
                        "journal.max_size",
                        "\"10 GiB\"",
                        "\"1 MiB\"",
                        "\"1 MiB\" is too small; allowed: 64 MiB to 64 TiB"),
                Arguments.of(
                        "journal.max_age",
                        "\"7 d\"",
                        "\"1 s\"",
                        "\"1 s\" is too small; allowed: off, or 1 m to 3650 d"),
                Arguments.of("journal.min_free", "0", "-1", "-1 is too small; allowed: 0 B to 64 TiB"),
                Arguments.of(
                        "journal.segment_size",
                        "\"16 MiB\"",
                        "\"1 TiB\"",
                        "\"1 TiB\" is too large; allowed: 1 MiB to 1 GiB"),
                Arguments.of(
                        "journal.sync", "\"off\"", "\"1 ms\"", "\"1 ms\" is too small; allowed: off, or 10 ms to 1 m"),
                Arguments.of(
                        "journal.sync_level",
                        "\"error\"",
                        "true",
                        "true is not a level; allowed: off, or " + SettingType.LEVEL.allowed()),
                Arguments.of("master.drain_budget", "65536", "1", "1 is too small; allowed: 4 KiB to 1 MiB"),
                Arguments.of(
                        "master.reorder_window",
                        "\"50 ms\"",
                        "\"11 s\"",
                        "\"11 s\" is too large; allowed: 0 s to 10 s"),
                Arguments.of(
                        "master.idle", "\"yield\"", "\"sleep\"", "\"sleep\" is unknown; allowed: backoff, yield, spin"),
                Arguments.of(
                        "master.stop_deadline", "\"30 s\"", "\"1 h\"", "\"1 h\" is too large; allowed: 100 ms to 10 m"),
                Arguments.of(
                        "master.heartbeat_grace",
                        "\"5 s\"",
                        "\"1 ms\"",
                        "\"1 ms\" is too small; allowed: 10 ms to 1 h"),
                Arguments.of(
                        "master.hung_after",
                        "\"2 s\"",
                        "\"250 ms\"",
                        "\"250 ms\" is too small; allowed: 500 ms to 1 h"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aGoodValueIsTakenAndABadOneExplained(String key, String good, String bad, String why) throws Exception {
        String section = key.substring(0, key.indexOf('.'));
        String name = key.substring(key.indexOf('.') + 1);
        Path file = directory.resolve("x.toml");
        ConfigReader reader = new ConfigReader(TestHandlers.TYPES, Map.of());

        Files.writeString(file, "[" + section + "]\n" + name + " = " + good + "\n");
        MasterConfig config = reader.read(file, Map.of());
        assertThat(config.handlers()).hasSize(2);
        EffectiveSetting setting = config.setting(key).orElseThrow();
        assertThat(setting.value())
                .isNotNull()
                .isNotEqualTo(
                        reader.defaults(Map.of()).setting(key).orElseThrow().value());
        assertThat(setting.origin().text()).isEqualTo(file + ":2:1");

        Files.writeString(file, "[" + section + "]\n" + name + " = " + bad + "\n");
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> reader.read(file, Map.of()));
        assertThat(refused).hasMessage(file + ":2:1: " + key + ": " + why);
    }

    /** The same for the handlers that are installed: type, key, good value, bad value, what the message says. */
    static Stream<Arguments> handlerKeys() {
        return Stream.of(localHandlerKeys(), ServiceKeys.rows(), AlertHandlerKeys.rows())
                .flatMap(rows -> rows);
    }

    private static Stream<Arguments> localHandlerKeys() {
        return Stream.of(
                Arguments.of("console", "name", "\"c\"", "\"a b\"", "\"a b\" is not a name; allowed: 1 to 64 letters,"),
                Arguments.of(
                        "console", "type", "\"console\"", "\"consol\"", "unknown handler type \"consol\"; did you"),
                Arguments.of("console", "min_level", "\"warn\"", "25", "25 is not a level; allowed: notset, trace,"),
                Arguments.of("console", "max_level", "\"warn\"", "25", "25 is not a level; allowed: notset, trace,"),
                Arguments.of(
                        "console",
                        "filter",
                        "'level >= warn'",
                        "'lvel >= warn'",
                        "column 1 of \"lvel >= warn\": unknown name \"lvel\"; did you mean level?"),
                Arguments.of("console", "sample", "\"1/100\"", "\"2/1\"", "\"2/1\" is no share; allowed: \"1/100\""),
                Arguments.of("console", "rate_limit", "\"100/s\"", "\"100\"", "\"100\" is no rate; allowed: \"100/s\""),
                Arguments.of(
                        "console", "redact", "[\"cards\"]", "[\"card\"]", "unknown word \"card\"; did you mean cards?"),
                Arguments.of("console", "format", "\"json\"", "\"xml\"", "\"xml\" is unknown; allowed: human, json"),
                Arguments.of("console", "pattern", "\"%msg\"", "5", "5 is not text; allowed: text in quotes"),
                Arguments.of("console", "time_zone", "\"utc\"", "\"cet\"", "\"cet\" is unknown; allowed: local, utc"),
                Arguments.of("console", "colour", "\"never\"", "true", "true is not a choice; allowed: "),
                Arguments.of("console", "stderr_level", "13", "\"loud\"", "\"loud\" is not a level; allowed: notset,"),
                Arguments.of("file", "path", "\"/b\"", "5", "5 is not a path; allowed: a path in quotes"),
                Arguments.of("file", "format", "\"json\"", "\"xml\"", "\"xml\" is unknown; allowed: human, json"),
                Arguments.of("file", "pattern", "\"%msg\"", "5", "5 is not text; allowed: text in quotes"),
                Arguments.of("file", "time_zone", "\"utc\"", "\"cet\"", "\"cet\" is unknown; allowed: local, utc"),
                Arguments.of(
                        "file", "create", "false", "\"no\"", "\"no\" is not true or false; allowed: true or false"),
                Arguments.of(
                        "file", "mode", "\"0644\"", "\"0777\"", "\"0777\" lets somebody execute the file; allowed: "),
                Arguments.of(
                        "file", "group", "\"0\"", "\"no one\"", "\"no one\" is no group of this machine; allowed: "),
                Arguments.of("file", "line_thread", "false", "\"off\"", "\"off\" is not true or false; allowed: "),
                Arguments.of("file", "buffer", "\"1 MiB\"", "1", "1 is too small; allowed: 4 KiB to 16 MiB"),
                Arguments.of("file", "rotate", "\"hourly\"", "\"weekly\"", "\"weekly\" is not a duration; allowed: "),
                Arguments.of(
                        "file", "rotated_name", "\"{file}.{date}\"", "5", "5 is not text; allowed: text in quotes"),
                Arguments.of("file", "max_age", "\"7 d\"", "7", "7 is not a duration; allowed: off, or 1 m to"),
                Arguments.of("file", "max_total_size", "\"1 GiB\"", "true", "true is not a size; allowed: "),
                Arguments.of("file", "min_free_space", "\"1 GiB\"", "true", "true is not a size; allowed: "),
                Arguments.of("file", "compress", "\"gzip\"", "\"zip\"", "\"zip\" is unknown; allowed: none, gzip"),
                Arguments.of("file", "archive_command", "[\"true\"]", "5", "5 is not a list; allowed: a list of texts"),
                Arguments.of("file", "archive_timeout", "\"5 s\"", "5", "5 is not a duration; allowed: a number with"),
                Arguments.of("file", "flush_interval", "\"1 s\"", "1", "1 is not a duration; allowed: a number with"),
                Arguments.of("file", "fsync", "\"never\"", "\"off\"", "\"off\" is unknown; allowed: checkpoint, never"),
                Arguments.of("file", "max_size", "0", "-1", "-1 is too small; allowed: "),
                Arguments.of("file", "keep_files", "0", "-1", "-1 is too small; allowed: 0 to 1000000 files"),
                Arguments.of("file", "max_open_files", "10", "0", "0 is too small; allowed: "),
                Arguments.of("file", "max_files", "10", "0", "0 is too small; allowed: "),
                Arguments.of("journald", "path", "\"/b\"", "5", "5 is not a path; allowed: a path in quotes"),
                Arguments.of("journald", "identifier", "\"b\"", "5", "5 is not text; allowed: text in quotes"),
                Arguments.of("journald", "facility", "\"cron\"", "\"me\"", "\"me\" is unknown; allowed: kern, user"),
                Arguments.of("journald", "message_id", "\"template\"", "\"x\"", "\"x\" is unknown; allowed: none, "),
                Arguments.of("journald", "timeout", "\"1 s\"", "\"1 h\"", "\"1 h\" is too large; allowed: 100 ms to"),
                Arguments.of("syslog", "transport", "\"tcp\"", "\"dns\"", "\"dns\" is unknown; allowed: unix, udp"),
                Arguments.of("syslog", "path", "\"/b\"", "5", "5 is not a path; allowed: a path in quotes"),
                Arguments.of("syslog", "host", "\"b\"", "5", "5 is not text; allowed: text in quotes"),
                Arguments.of("syslog", "port", "1514", "65536", "65536 is too large; allowed: 1 to 65535"),
                Arguments.of("syslog", "protocol", "\"rfc5424\"", "\"bsd\"", "\"bsd\" is unknown; allowed: rfc5424, "),
                Arguments.of("syslog", "framing", "\"lf\"", "\"nul\"", "\"nul\" is unknown; allowed: octet-counting"),
                Arguments.of("syslog", "facility", "\"cron\"", "\"me\"", "\"me\" is unknown; allowed: kern, user"),
                Arguments.of("syslog", "app_name", "\"b\"", "5", "5 is not text; allowed: text in quotes"),
                Arguments.of("syslog", "hostname", "\"b\"", "5", "5 is not text; allowed: text in quotes"),
                Arguments.of("syslog", "time_zone", "\"utc\"", "\"cet\"", "\"cet\" is unknown; allowed: local, utc"),
                Arguments.of("syslog", "enterprise", "4711", "-1", "-1 is too small; allowed: 0 to 4294967295"),
                Arguments.of("syslog", "bom", "true", "\"no\"", "\"no\" is not true or false; allowed: true or false"),
                Arguments.of("syslog", "max_message_size", "2048", "1", "1 is too small; allowed: 480 B to 1 MiB"),
                Arguments.of("syslog", "connect_timeout", "\"1 s\"", "1", "1 is not a duration; allowed: a number"),
                Arguments.of("syslog", "timeout", "\"1 s\"", "\"1 h\"", "\"1 h\" is too large; allowed: 100 ms to"),
                Arguments.of("syslog", "resend", "\"0 s\"", "\"1 h\"", "\"1 h\" is too large; allowed: 0 s to"),
                Arguments.of("syslog", "tls_ca", "\"/b\"", "5", "5 is not a path; allowed: a path in quotes"),
                Arguments.of("syslog", "tls_certificate", "\"/b\"", "5", "5 is not a path; allowed: a path in quotes"),
                Arguments.of("syslog", "tls_key", "\"/b\"", "5", "5 is not a path; allowed: a path in quotes"),
                Arguments.of("syslog", "tls_name", "\"b\"", "5", "5 is not text; allowed: text in quotes"));
    }

    @ParameterizedTest
    @MethodSource("handlerKeys")
    void aGoodValueOfAHandlerIsTakenAndABadOneExplained(String type, String key, String good, String bad, String why)
            throws Exception {
        Path file = directory.resolve("x.toml");
        ConfigReader reader = new ConfigReader(
                HandlerTypes.installed(), Map.of(SECRET, "known-to-few", ADDRESS, "https://127.0.0.1/known-to-few"));
        String head = "[[handlers]]\n" + (key.equals("type") ? "" : "type = \"" + type + "\"\n");
        String tail = others(type, key)
                + (key.equals("pattern") ? "format = \"pattern\"\n" : "")
                + ServiceKeys.beside(type, key)
                + AlertHandlerKeys.beside(type, key);

        Files.writeString(file, head + key + " = " + good + "\n" + tail);
        MasterConfig config = reader.read(file, Map.of());
        EffectiveSetting setting = config.settings().stream()
                .filter(each -> each.section().startsWith("handlers.")
                        && each.key().name().equals(key))
                .findFirst()
                .orElseThrow();
        assertThat(setting.origin().kind()).isEqualTo(SettingOrigin.Kind.FILE);
        assertThat(setting.key().defaultValue().map(setting.key()::parse))
                .as("the value differs from the default")
                .isNotEqualTo(java.util.Optional.of(setting.value()));

        Files.writeString(file, head + key + " = " + bad + "\n" + tail);
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> reader.read(file, Map.of()));
        assertThat(refused).hasMessageStartingWith(file + ":").hasMessageContaining(key + ": " + why);
    }

    static Stream<Arguments> withoutEffect() {
        String webhook = "type = \"webhook\"\nurl = \"env:ADDRESS\"\nmode = \"records\"\n";
        return Stream.of(
                Arguments.of(
                        "type = \"file\"\npath = \"/a\"\n",
                        "archive_timeout = \"5 m\"",
                        "\"5 m\" has no effect without archive_command; allowed: beside an archive_command"),
                Arguments.of(
                        "type = \"file\"\npath = \"/a\"\n",
                        "max_open_files = 65",
                        "65 has no effect, as path has no placeholders; allowed: beside a path like"
                                + " \"log/{worker}.log\""),
                Arguments.of(
                        "type = \"file\"\npath = \"/a\"\n",
                        "max_files = 10",
                        "10 has no effect, as path has no placeholders; allowed: beside a path like"
                                + " \"log/{worker}.log\""),
                Arguments.of(
                        webhook,
                        "group_wait = \"1 s\"",
                        "\"1 s\" has no effect, as mode = \"records\" sends every record; allowed: beside mode"
                                + " = \"groups\""),
                Arguments.of(
                        webhook,
                        "title = \"prod\"",
                        "\"prod\" has no effect, as mode = \"records\" sends every record; allowed: beside"
                                + " mode = \"groups\""),
                Arguments.of(
                        webhook,
                        "linger = \"2 s\"",
                        "\"2 s\" has no effect, as a request holds one record; allowed: beside mode = \"records\" and a"
                                + " batch_records above 1"),
                Arguments.of(
                        webhook,
                        "api_key_header = \"X-Key\"",
                        "\"X-Key\" has no effect without api_key; allowed: beside an api_key"),
                Arguments.of(
                        "type = \"kafka\"\nservers = [\"h:1\"]\n",
                        "sasl_mechanism = \"PLAIN\"",
                        "\"PLAIN\" has no effect with security = \"plaintext\"; allowed: beside security = \"sasl_ssl\" or"
                                + " \"sasl_plaintext\""),
                Arguments.of(
                        "type = \"slack\"\nurl = \"env:ADDRESS\"\n",
                        "api_url = \"https://slack.example\"",
                        "\"https://slack.example\" has no effect with url; allowed: beside a token"),
                Arguments.of(
                        "type = \"syslog\"\n",
                        "bom = true",
                        "true has no effect with protocol = \"rfc3164\"; allowed: beside protocol = \"rfc5424\""),
                Arguments.of(
                        "type = \"otlp\"\nurl = \"http://h\"\n",
                        "api_key_header = \"X-Key\"",
                        "\"X-Key\" has no effect without api_key; allowed: beside an api_key"),
                Arguments.of(
                        "type = \"file\"\npath = \"/a\"\n",
                        "archive_command = [\"no-such-program\"]",
                        "the program \"no-such-program\" is in no directory of PATH; allowed: a program that the master's"
                                + " user may run, such as \"/usr/bin/cp\" or, found by PATH, \"cp\""),
                Arguments.of(
                        "type = \"file\"\npath = \"/{worker}.log\"\n",
                        "archive_command = [\"/no/such/program\", \"{path}\"]",
                        "the program \"/no/such/program\" does not exist; allowed: a program that the master's user may"
                                + " run, such as \"/usr/bin/cp\" or, found by PATH, \"cp\""));
    }

    @ParameterizedTest
    @MethodSource("withoutEffect")
    void whatWouldHaveNoEffectIsRefusedAtItsPlace(String others, String line, String why) throws Exception {
        Path file = directory.resolve("x.toml");
        ConfigReader reader = new ConfigReader(
                HandlerTypes.installed(), Map.of(SECRET, "known-to-few", ADDRESS, "https://127.0.0.1/known-to-few"));
        Files.writeString(file, "[[handlers]]\nname = \"x\"\n" + others + line + "\n");
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> reader.read(file, Map.of()));
        int at = 3 + (int) others.chars().filter(c -> c == '\n').count();
        String key = line.substring(0, line.indexOf(' '));
        assertThat(refused).hasMessage(file + ":" + at + ":1: handlers.x." + key + ": " + why);
    }

    @Test
    void aProgramThatNobodyMayRunIsRefused() throws Exception {
        Path program = Files.writeString(directory.resolve("program"), "#!/bin/sh\n");
        Path file = directory.resolve("x.toml");
        Files.writeString(
                file,
                "[[handlers]]\ntype = \"file\"\npath = \"" + directory.resolve("log/app.log")
                        + "\"\narchive_command = [\"../program\"]\n");
        ConfigReader reader = new ConfigReader(HandlerTypes.installed(), Map.of());
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> reader.read(file, Map.of()));
        assertThat(refused).hasMessageContaining("\"../program\" ").hasMessageContaining("is no file that user '");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        assertThat(reader.read(file, Map.of()).handlers()).hasSize(1);
    }

    @Test
    void aPathWhereNoFileCanBeIsRefusedAtItsPlace() throws Exception {
        Path file = directory.resolve("x.toml");
        ConfigReader plain = new ConfigReader(HandlerTypes.installed(), Map.of());
        ConfigReader reader = plain.lookingAround();
        Map<String, String> refused = Map.of(
                "..", " is a directory; allowed: the path of a file",
                "x.toml/app.log", " leads through " + file + ", which is not a directory; allowed: ",
                "x.toml/{worker}/app.log", " leads through " + file + ", which is not a directory; allowed: ");
        for (Map.Entry<String, String> each : refused.entrySet()) {
            Files.writeString(file, "[[handlers]]\ntype = \"file\"\npath = \"" + each.getKey() + "\"\n");
            ConfigException e = catchThrowableOfType(ConfigException.class, () -> reader.read(file, Map.of()));
            assertThat(e)
                    .hasMessageStartingWith(file + ":3:1: handlers.file.path: ")
                    .hasMessageContaining(each.getValue());
            assertThat(plain.read(file, Map.of()).handlers())
                    .as("a master starts, and this handler waits")
                    .hasSize(1);
        }
        Files.writeString(file, "[[handlers]]\ntype = \"file\"\npath = \"new/{worker}/app.log\"\n");
        assertThat(reader.read(file, Map.of()).handlers()).hasSize(1);
        assertThat(directory.resolve("new")).doesNotExist();
    }

    /** What a handler with this key needs besides. */
    private static String others(String type, String key) {
        if (type.equals("file")) {
            return switch (key) {
                case "path" -> "";
                case "archive_timeout" -> "path = \"/a\"\narchive_command = [\"true\"]\n";
                case "max_open_files", "max_files" -> "path = \"/{worker}.log\"\n";
                default -> "path = \"/a\"\n";
            };
        }
        if (!type.equals("syslog")) {
            return "";
        }
        return switch (key) {
            case "transport" -> "host = \"a\"\n";
            case "host" -> "transport = \"udp\"\n";
            case "port", "framing" -> "transport = \"tcp\"\nhost = \"a\"\n";
            case "tls_certificate" -> "transport = \"tls\"\nhost = \"a\"\ntls_key = \"/a\"\n";
            case "tls_key" -> "transport = \"tls\"\nhost = \"a\"\ntls_certificate = \"/a\"\n";
            case "resend", "connect_timeout" -> "transport = \"tcp\"\nhost = \"a\"\n";
            case "enterprise", "bom", "hostname" -> "protocol = \"rfc5424\"\n";
            case "tls_ca", "tls_name" -> "transport = \"tls\"\nhost = \"a\"\n";
            default -> "";
        };
    }

    @Test
    void everyKeyOfAnInstalledHandlerIsInTheTableAbove() {
        List<String> declared = new ArrayList<>();
        List<HandlerType> types = HandlerTypes.installed();
        ConfigKeys.HANDLER.keys().forEach(key -> declared.add(types.get(0).type() + '.' + key));
        types.forEach(type -> type.settings().forEach(key -> declared.add(type.type() + '.' + key)));
        assertThat(handlerKeys().map(row -> row.get()[0] + "." + row.get()[1]))
                .containsExactlyInAnyOrderElementsOf(declared);
    }

    @Test
    void everyDeclaredKeyIsInTheTableAbove() {
        List<String> declared = new ArrayList<>();
        for (Section section : ConfigKeys.SECTIONS) {
            for (SettingKey key : section.keys()) {
                declared.add(section.dotted(key));
            }
        }
        assertThat(keys().map(row -> row.get()[0])).containsExactlyElementsOf(new ArrayList<Object>(declared));
        assertThat(new TreeSet<>(declared)).hasSameSizeAs(declared).doesNotContainAnyElementsOf(ConfigKeys.laterKeys());
    }
}

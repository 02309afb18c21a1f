package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.emberlog.handler.Records;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against Python's {@code logging} itself, and where there is nothing to compare with. */
class PythonPatternTest {
    private static final int PATTERNS = 2_000;

    private static final List<String> USED = List.of(
            "%(asctime)s [%(levelname)s] %(name)s - %(message)s",
            "%(asctime)s %(levelname)-8s %(message)s",
            "%(levelname)s:%(name)s:%(message)s",
            "%(asctime)s - %(name)s - %(levelname)s - %(filename)s:%(lineno)d - %(funcName)s() - %(message)s",
            "[%(process)d:%(thread)d] %(processName)s %(threadName)s %(module)s %(pathname)s %(message)s",
            "%(created)f %(created).3f %(created).0f %(created)20.6f %(created)d %(msecs)03d %(levelno)s %(levelno)03d",
            "%(levelname).1s %(lineno)+5d|%(lineno)-5d|%(lineno)05d|%(lineno) d|%(message)s",
            "100%% %(message)s");

    /** Reads cases, one JSON array a line, and writes what a formatter makes of each as a JSON string. */
    private static final String FORMATTER = """
            import json, logging, sys, time
            logging.addLevelName(30, 'WARN')
            for line in sys.stdin:
                (form, seconds, ns, levelno, name, thread, message, path, lineno, function, trace) = json.loads(line)
                record = logging.LogRecord(name, levelno, path, lineno, message.replace('%', '%%'), (), None, function)
                record.created = (seconds * 1000000000 + ns) / 1e9
                record.msecs = ns // 1000000 + 0.0
                record.process, record.processName = 4711, 'MarketData'
                record.thread, record.threadName = 17, thread
                record.msg, record.args = message, None
                record.exc_text = trace
                formatter = logging.Formatter(form)
                formatter.converter = time.gmtime
                print(json.dumps(formatter.format(record)))
            """;

    @TempDir
    private Path directory;

    @Test
    void everyPatternIsWhatPythonWrites() throws Exception {
        List<String> patterns = new ArrayList<>();
        List<PeerRecord> records = new ArrayList<>();
        StringBuilder cases = new StringBuilder();
        for (int seed = 0; seed < PATTERNS; seed++) {
            Random random = new Random(seed);
            patterns.add(seed < 10 * USED.size() ? USED.get(seed % USED.size()) : pattern(random));
            records.add(record(random));
            cases.append(json(patterns.get(seed), records.get(seed))).append('\n');
        }
        List<String> lines = python(cases.toString());
        assertThat(lines).hasSize(PATTERNS);
        for (int seed = 0; seed < PATTERNS; seed++) {
            String pattern = patterns.get(seed);
            String ours = FormatTest.line(
                    PatternFormat.of(pattern, ZoneOffset.UTC), records.get(seed).encoded());
            assertThat(ours)
                    .as("seed %d, pattern %s, %s", seed, pattern, records.get(seed))
                    .isEqualTo(unquoted(lines.get(seed)).replaceAll("\\n\\t*", " | ") + "\n");
        }
    }

    /** A caller, and a level that Python knows. */
    private static PeerRecord record(Random random) {
        PeerRecord record;
        do {
            record = PeerRecord.random(random);
        } while (record.function() == null || record.severity() < 5);
        return record;
    }

    private static String pattern(Random random) {
        StringBuilder pattern = new StringBuilder("%(message)s");
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            pattern.append(PeerRecord.some(random, " ", " - ", "[", "]", "ü", "%%", "(", ")"));
            pattern.append(random.nextBoolean() ? text(random) : number(random));
        }
        return pattern.toString();
    }

    private static String text(Random random) {
        String name = PeerRecord.some(
                random,
                "asctime",
                "levelname",
                "name",
                "message",
                "processName",
                "threadName",
                "filename",
                "pathname",
                "funcName",
                "module",
                "lineno",
                "levelno",
                "process");
        boolean isText = !name.equals("lineno") && !name.equals("levelno") && !name.equals("process");
        String precision = isText && random.nextInt(3) == 0 ? "." + random.nextInt(12) : "";
        return "%(" + name + ")" + flags(random) + width(random) + precision + "s";
    }

    private static String number(Random random) {
        if (random.nextInt(3) == 0) {
            String precision = random.nextBoolean() ? "." + random.nextInt(7) : "";
            return "%(created)" + flags(random) + width(random) + precision + "f";
        }
        String name = PeerRecord.some(random, "lineno", "levelno", "process", "thread", "msecs");
        return "%(" + name + ")" + flags(random) + width(random) + "d";
    }

    private static String flags(Random random) {
        return random.nextBoolean() ? "" : PeerRecord.some(random, "-", "0", "+", " ", "-0", "0+", "-+", " 0", "+ ");
    }

    private static String width(Random random) {
        return random.nextBoolean() ? "" : String.valueOf(1 + random.nextInt(30));
    }

    private static String json(String pattern, PeerRecord record) {
        int dot = record.function().lastIndexOf('.');
        String trace = null;
        if (record.exception() != null) {
            StringWriter printed = new StringWriter();
            record.exception().printStackTrace(new PrintWriter(printed));
            trace = printed.toString().strip();
        }
        return "[" + quoted(pattern) + "," + record.timeNs() / 1_000_000_000 + "," + record.timeNs() % 1_000_000_000
                + ","
                + (record.severity() - 1) / 4 * 10 + "," + quoted(record.logger()) + "," + quoted(record.thread()) + ","
                + quoted(record.message()) + "," + quoted("com/acme/" + record.file()) + "," + record.line() + ","
                + quoted(record.function().substring(dot + 1)) + "," + (trace == null ? "null" : quoted(trace)) + "]";
    }

    private static String quoted(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Utf8Buffer out = new Utf8Buffer(64);
        Escaper.JSON.append(out, utf8, 0, utf8.length);
        return '"' + out.toString() + '"';
    }

    private static String unquoted(String json) {
        return HostileContentTest.strings("json", json).get(0);
    }

    private List<String> python(String input) throws Exception {
        Path in = Files.writeString(directory.resolve("in"), input);
        Path out = directory.resolve("out");
        Process process;
        try {
            process = new ProcessBuilder("python3", "-X", "utf8", "-c", FORMATTER)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw e;
            }
            assumeThat(false)
                    .as("python3 is missing: install it to run this test")
                    .isTrue();
            throw e;
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return Files.readAllLines(out);
    }

    @Test
    void wordsOfOurOwnShowWhatPythonDoesNotKnow() {
        String pattern =
                "%(seq)d %(worker)s %(service)s %(host)s %(severity)d %(marker)s %(fields)s {%(mdc)s} %(traceId)s"
                        + " %(spanId)s %(id)s";
        assertThat(FormatTest.line(PatternFormat.of(pattern, ZoneOffset.UTC), Records.full()))
                .startsWith("7 md-1 pricing myhost 17 FILL venue=\"XETRA\" note=\"two words\" spread=\"NaN\" {user=ada}"
                        + " 4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 00112233-4455-6677-8899-aabbccddeeff:4992:0"
                        + " | java.io.IOException: gone | at ");
    }

    @Test
    void whatARecordDoesNotHaveIsAQuestionMark() {
        String pattern = "[%(name)s][%(threadName)s][%(filename)s][%(lineno)05d][%(funcName)s][%(module)s][%(marker)s]";
        assertThat(FormatTest.line(PatternFormat.of(pattern, ZoneOffset.UTC), Records.record(0, 9, encoder -> {})))
                .isEqualTo("[root][#17][?][    ?][?][?][]\n");
    }

    /** Those between them as Python's own OpenTelemetry bridge counts them. */
    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "4,4", "5,10", "8,13", "9,20", "10,21", "13,30", "17,40", "18,41", "21,50", "24,53"})
    void levelsHaveTheNumbersThatPythonGivesThem(int severity, long number) {
        assertThat(PatternNumber.PYTHON_LEVEL.of(Records.record(0, severity, encoder -> {})))
                .isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "%(asctime)s %(levelnam)s | column 13 of \"%(asctime)s %(levelnam)s\": %(levelnam) is not known; did you mean"
                        + " %(levelname)? allowed: asctime, levelname",
                "%(message)s %(relativeCreated)d | column 13 of \"%(message)s %(relativeCreated)d\": %(relativeCreated) is not"
                        + " known; allowed:",
                "%(message)s 100% | column 16 of \"%(message)s 100%\": a % that no name follows; allowed: %(name)s, or %%",
                "%(message)s %d | column 13 of \"%(message)s %d\": a % that no name follows",
                "%(message)d | column 1 of \"%(message)d\": %(message) is followed by 'd'; allowed: %(message)s",
                "%(lineno)f | column 1 of \"%(lineno)f\": %(lineno) is followed by 'f'; allowed: %(lineno)d, %(lineno)s",
                "%(message)s %(name) | column 13 of \"%(message)s %(name)\": %(name) is followed by the end; allowed: %(name)s",
                "%(message)s %(name | column 13 of \"%(message)s %(name\": %(name has no closing parenthesis",
                "%(lineno).3d | column 1 of \"%(lineno).3d\": %(lineno) is a whole number; allowed: %(lineno)5d",
                "%(created).12f | column 1 of \"%(created).12f\": %(created) has 0 to 9 decimals; allowed: %(created).3f",
            })
    void aWrongPatternIsToldWithColumnAndWhatIsAllowed(String pattern, String message) {
        assertThatThrownBy(() -> PatternFormat.of(pattern, ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}

package io.emberlog.master.cli;

import io.emberlog.fuzz.Check;
import io.emberlog.fuzz.Scratch;
import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.handler.filter.RecordFilter;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.message.Glob;
import io.emberlog.message.Level;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.TypeConversionException;

/**
 * Text as what a user writes behind an option; the first byte says which. It means something, and the same when it is written
 * from what it means; or it is refused in words that cannot command a terminal.
 */
public final class CommandLineFuzz {
    private static final long NOW = 1_700_000_000_000_000_000L;
    private static final Path EMPTY = Scratch.directory("command-line");

    private CommandLineFuzz() {}

    /** Called by the fuzzer before it counts the time of an input: most of the first one's goes into instrumenting classes. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput("\7x\0a+b\0ERROR".getBytes(StandardCharsets.UTF_8));
    }

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        String text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
        try {
            switch (data[0] & 15) {
                case 0 -> level(text);
                case 1 -> time(text);
                case 2 -> levels(text);
                case 3 -> holdTime(text);
                case 4 -> RecordFilter.builder().grep(text).build();
                case 5 -> glob(text);
                case 6 ->
                    RecordFilter.builder()
                            .minLevel(text)
                            .worker(text)
                            .logger(text)
                            .build();
                case 8 -> expression(text);
                default -> commandLine(text);
            }
        } catch (IllegalArgumentException | CliException | TypeConversionException e) {
            Check.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal says why");
        }
    }

    private static void expression(String text) {
        FilterExpression expression = FilterExpression.parse(text);
        Check.same(FilterExpression.parse(expression.toString()), expression, "the expression once more");
    }

    private static void level(String text) {
        Level level = Level.parse(text);
        Check.same(Level.parse(level.name() + ":" + level.severity()).severity(), level.severity(), "severity");
        Check.that(level.severity() >= 0 && level.severity() <= Level.MAX_SEVERITY, "a severity");
    }

    private static void time(String text) {
        long time = RecordFilter.parseTime(text, NOW, ZoneOffset.UTC);
        Check.same(RecordFilter.parseTime(text, NOW, ZoneOffset.UTC), time, "the time once more");
    }

    private static void levels(String text) {
        Map<String, Level> levels = LevelSetCommand.parse(List.of(text.split(" ", -1)));
        Check.that(!levels.isEmpty(), "what is not refused sets something");
    }

    private static void holdTime(String text) {
        long ns = new LevelSetCommand.HoldTime().convert(text);
        Check.that(ns >= 1_000_000_000L && ns <= 30L * 86_400 * 1_000_000_000L, "1s to 30d");
    }

    /** Against the obvious way to do it. */
    private static void glob(String text) {
        int half = text.offsetByCodePoints(0, text.codePointCount(0, text.length()) / 2);
        int[] glob = text.substring(0, half).codePoints().toArray();
        int[] name = text.substring(half).codePoints().toArray();
        byte[] bytes = text.substring(half).getBytes(StandardCharsets.UTF_8);
        boolean matches =
                Glob.matches(text.substring(0, half).getBytes(StandardCharsets.UTF_8), bytes, 0, bytes.length);
        Check.same(matches, matches(glob, name), "match of " + text.substring(half));
    }

    private static boolean matches(int[] glob, int[] name) {
        boolean[] reached = new boolean[name.length + 1];
        reached[0] = true;
        for (int c : glob) {
            boolean[] next = new boolean[reached.length];
            for (int i = 0; i < reached.length; i++) {
                if (c == '*') {
                    next[i] = reached[i] || i > 0 && next[i - 1];
                } else if (i > 0) {
                    next[i] = reached[i - 1] && (c == '?' || c == name[i - 1]);
                }
            }
            reached = next;
        }
        return reached[name.length];
    }

    private static void commandLine(String text) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false, false);
        String[] words = text.split("\0", -1);
        int code = Emberlog.run(
                terminal,
                Map.of("XDG_STATE_HOME", "/nowhere", "EMBERLOG_DIR", "/nowhere/rings"),
                HandlerTypes.installed(),
                config -> ExitCodes.INTERNAL,
                "replay",
                "--since",
                words[0],
                "--grep",
                words[words.length / 2],
                "--level",
                words[words.length - 1],
                EMPTY.toString());
        Check.same(code, ExitCodes.USAGE, "exit code; " + err);
        for (String line : err.toString().split("\n", -1)) {
            Check.that(line.chars().noneMatch(c -> c < ' ' || c == 0x7F), "what is said is plain text: " + line);
        }
    }
}

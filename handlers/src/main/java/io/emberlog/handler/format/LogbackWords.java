package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.WorkerIdentity;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The words of a {@link LogbackPattern}, Logback's and some of our own, and what may stand in braces behind each. What a record
 * does not have shows as in Logback: {@code ?} for its caller, nothing for most, {@code ROOT} for the logger without a name. One
 * use.
 */
final class LogbackWords {
    static final String LINE_END = "n";

    private static final Set<String> EXCEPTIONS =
            Set.of("ex", "exception", "throwable", "xEx", "xException", "xThrowable", "nopex", "nopexception");
    private static final Map<String, String> DATES =
            Map.of("ISO8601", "yyyy-MM-dd HH:mm:ss,SSS", "STRICT", "yyyy-MM-dd'T'HH:mm:ss,SSS");
    private static final String NO_DEFAULT = ":-";

    /** Makes a part from what stands in the braces. */
    @FunctionalInterface
    private interface Maker {
        PatternPart part(List<String> options);
    }

    private final PatternScanner scanner;
    private final ZoneId zone;
    private final Map<String, Maker> makers = new LinkedHashMap<>();
    /** The first name of each. */
    private final List<String> names = new ArrayList<>();

    private boolean anyUsed;
    private int wordStart;
    private String word;
    private boolean behind;

    LogbackWords(PatternScanner scanner, ZoneId zone) {
        this.scanner = scanner;
        this.zone = zone;
        add("d date", this::date);
        add("level le p", options -> plain(options, PatternTexts.level()));
        add("logger lo c", options -> PatternTexts.logger("ROOT", length(options)));
        add("thread t", options -> plain(options, PatternTexts.thread()));
        add("msg m message", options -> plain(options, PatternTexts.message()));
        add("ex exception throwable xEx xException xThrowable", this::exception);
        add("nopex nopexception", options -> plain(options, (record, out) -> {}));
        add("mdc X", options -> options.isEmpty() ? PatternTexts.mdc() : value(MDC, options));
        add("kvp", this::fields);
        add("marker", options -> plain(options, PatternTexts.section(MARKER)));
        add("class C", options -> PatternTexts.type(length(options)));
        add("method M", options -> plain(options, PatternTexts.method()));
        add("file F", options -> plain(options, PatternTexts.file()));
        add("line L", options -> plain(options, PatternNumber.LINE.part()));
        add("caller", options -> plain(options, caller()));
        add("pid", options -> plain(options, PatternNumber.PROCESS.part()));
        add("seq sn", options -> plain(options, PatternNumber.SEQUENCE.part()));
        add("worker", options -> plain(options, PatternTexts.worker(WorkerIdentity::name)));
        add("process", options -> plain(options, PatternTexts.worker(WorkerIdentity::process)));
        add("service", options -> plain(options, PatternTexts.worker(WorkerIdentity::service)));
        add("host", options -> plain(options, PatternTexts.worker(WorkerIdentity::host)));
        add("threadId", options -> plain(options, PatternNumber.THREAD.part()));
        add("severity", options -> plain(options, PatternNumber.SEVERITY.part()));
        add("field", options -> options.isEmpty() ? fields(options) : value(FIELDS, options));
        add("path", options -> plain(options, PatternTexts.path()));
        add("module", options -> plain(options, PatternTexts.module()));
        add("traceId", options -> plain(options, PatternTexts.section(TRACE_ID)));
        add("spanId", options -> plain(options, PatternTexts.section(SPAN_ID)));
        add("id", options -> plain(options, PatternTexts.id()));
        names.add(LINE_END);
    }

    private void add(String words, Maker maker) {
        String[] all = words.split(" ");
        names.add(all[0]);
        for (String one : all) {
            makers.put(one, maker);
        }
    }

    boolean isAnyUsed() {
        return anyUsed;
    }

    boolean isException(String name) {
        return EXCEPTIONS.contains(name);
    }

    /**
     * The part of a word that was just read.
     *
     * @param behindLineEnd an exception that starts with what stands for a new line
     */
    PatternPart part(int start, String name, boolean behindLineEnd) {
        wordStart = start;
        word = name;
        behind = behindLineEnd;
        Maker maker = makers.get(name);
        if (maker == null) {
            List<String> known = new ArrayList<>(names);
            makers.keySet().stream().filter(one -> !names.contains(one)).forEach(known::add);
            throw scanner.unknown(start, name, known, "%%%s");
        }
        anyUsed = true;
        return maker.part(scanner.peek() == '{' ? options() : List.of());
    }

    /** What stands in the braces, by commas; in quotes a comma, or a closing brace, is one itself. */
    private List<String> options() {
        int start = scanner.at();
        scanner.accept('{');
        List<String> options = new ArrayList<>();
        StringBuilder option = new StringBuilder();
        char quote = 0;
        for (char c = scanner.next(); quote != 0 || c != '}'; c = scanner.next()) {
            if (c == PatternScanner.END && scanner.atEnd()) {
                throw scanner.error(start, "braces that are not closed; allowed: %" + word + "{...}");
            }
            if (quote == 0 && (c == '"' || c == '\'') && option.toString().isBlank()) {
                quote = c;
                option.setLength(0);
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && c == ',') {
                options.add(option.toString().strip());
                option.setLength(0);
            } else {
                option.append(c);
            }
        }
        options.add(option.toString().strip());
        return options;
    }

    private IllegalArgumentException refused(String what) {
        return scanner.error(wordStart, "%" + word + " " + what);
    }

    private PatternPart plain(List<String> options, PatternPart part) {
        if (!options.isEmpty()) {
            throw refused("has nothing in braces, not {" + String.join(",", options) + "}; allowed: %" + word);
        }
        return part;
    }

    private PatternPart date(List<String> options) {
        String given = options.isEmpty() || options.get(0).isEmpty() ? "ISO8601" : options.get(0);
        ZoneId ofDate = options.size() > 1 ? zoneOf(options.get(1)) : zone;
        Locale locale = options.size() > 2 ? Locale.forLanguageTag(options.get(2)) : Locale.ENGLISH;
        if (options.size() > 3 || locale.getLanguage().isEmpty()) {
            throw refused("takes a pattern, a time zone and a language; allowed: %d{\"HH:mm:ss,SSS\", UTC, en}");
        }
        DateText date;
        try {
            date = new DateText(DATES.getOrDefault(given, given), ofDate, locale);
        } catch (IllegalArgumentException e) {
            throw refused("has no pattern of a date, " + e.getMessage()
                    + "; allowed: letters of DateTimeFormatter, like" + " %d{yyyy-MM-dd HH:mm:ss.SSS}");
        }
        return (record, out) -> date.append(out, record.entry().timestampNs());
    }

    private ZoneId zoneOf(String name) {
        try {
            return ZoneId.of(name, ZoneId.SHORT_IDS);
        } catch (DateTimeException e) {
            throw refused(
                    "has no time zone " + name + "; allowed: %d{HH:mm:ss, UTC}, and quotes around a pattern with a"
                            + " comma, %d{\"HH:mm:ss,SSS\"}");
        }
    }

    private int length(List<String> options) {
        if (options.isEmpty()) {
            return NameAbbreviator.WHOLE;
        }
        if (options.size() == 1 && options.get(0).matches("\\d{1,4}")) {
            return Integer.parseInt(options.get(0));
        }
        throw refused("takes a length; allowed: %" + word + "{36}, %" + word + "{0} for the last part alone");
    }

    private PatternPart exception(List<String> options) {
        String depth = options.isEmpty() ? "full" : options.get(0);
        if (options.size() > 1 || !depth.matches("full|short|\\d{1,4}")) {
            throw refused("takes how many frames; allowed: %ex{full}, %ex{short}, %ex{5}");
        }
        int frames =
                depth.equals("full") ? StackTraceText.ALL_FRAMES : depth.equals("short") ? 1 : Integer.parseInt(depth);
        return PatternTexts.exception(frames, behind);
    }

    private PatternPart value(int section, List<String> options) {
        String option = String.join(",", options);
        int bar = option.indexOf(NO_DEFAULT);
        String key = bar < 0 ? option : option.substring(0, bar);
        if (key.isEmpty()) {
            throw refused("takes a key; allowed: %" + word + "{key}, %" + word + "{key:-default}");
        }
        return PatternTexts.value(section, key, bar < 0 ? "" : option.substring(bar + NO_DEFAULT.length()));
    }

    private PatternPart fields(List<String> options) {
        String quotes = options.isEmpty() ? "DOUBLE" : options.get(0);
        return PatternTexts.fields(
                switch (quotes) {
                    case "DOUBLE" -> "\"";
                    case "SINGLE" -> "'";
                    case "NONE" -> "";
                    default ->
                        throw refused(
                                "takes what quotes values have; allowed: %kvp{DOUBLE}, %kvp{SINGLE}," + " %kvp{NONE}");
                });
    }

    private static PatternPart caller() {
        PatternPart type = PatternTexts.type(NameAbbreviator.WHOLE);
        PatternPart method = PatternTexts.method();
        PatternPart file = PatternTexts.file();
        PatternPart line = PatternNumber.LINE.part();
        return (record, out) -> {
            type.append(record, out);
            out.append('.');
            method.append(record, out);
            out.append('(');
            file.append(record, out);
            out.append(':');
            line.append(record, out);
            out.append(')');
        };
    }
}

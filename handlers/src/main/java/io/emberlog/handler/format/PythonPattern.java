package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.WorkerIdentity;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The patterns of Python's {@code logging} in its {@code %} style: {@code %(asctime)s [%(levelname)-8s] %(name)s - %(message)s}
 * with flags, width and precision as {@code str % ...} takes them, {@code %%} for a per cent sign. Level names are Emberlog's.
 * What a record does not have is {@code ?}, the logger without a name {@code root}. One use.
 */
final class PythonPattern {
    private static final Pattern LOOK = Pattern.compile("%\\([A-Za-z_]+\\)[-#0 +]*\\d*(\\.\\d+)?[A-Za-z]");
    private static final String ASCTIME = "yyyy-MM-dd HH:mm:ss,SSS";
    private static final String CREATED = "created";
    private static final int MAX_DECIMALS = 9;

    private final PatternScanner scanner;
    private final Map<String, PatternPart> texts = new LinkedHashMap<>();
    private final Map<String, PatternNumber> numbers = new LinkedHashMap<>();
    private final List<PatternPart> parts = new ArrayList<>();

    PythonPattern(String pattern, ZoneId zone) {
        scanner = new PatternScanner(pattern);
        texts.put("asctime", time(zone));
        texts.put("levelname", PatternTexts.level());
        texts.put("name", PatternTexts.logger("root", NameAbbreviator.WHOLE));
        texts.put("message", PatternTexts.message());
        texts.put("processName", PatternTexts.worker(WorkerIdentity::process));
        texts.put("threadName", PatternTexts.thread());
        texts.put("filename", PatternTexts.file());
        texts.put("pathname", PatternTexts.path());
        texts.put("funcName", PatternTexts.method());
        texts.put("module", PatternTexts.module());
        texts.put("worker", PatternTexts.worker(WorkerIdentity::name));
        texts.put("service", PatternTexts.worker(WorkerIdentity::service));
        texts.put("host", PatternTexts.worker(WorkerIdentity::host));
        texts.put("marker", PatternTexts.section(MARKER));
        texts.put("fields", PatternTexts.fields("\""));
        texts.put("mdc", PatternTexts.mdc());
        texts.put("traceId", PatternTexts.section(TRACE_ID));
        texts.put("spanId", PatternTexts.section(SPAN_ID));
        texts.put("id", PatternTexts.id());
        numbers.put("levelno", PatternNumber.PYTHON_LEVEL);
        numbers.put("process", PatternNumber.PROCESS);
        numbers.put("thread", PatternNumber.THREAD);
        numbers.put("lineno", PatternNumber.LINE);
        numbers.put("msecs", PatternNumber.MILLISECOND);
        numbers.put("severity", PatternNumber.SEVERITY);
        numbers.put("seq", PatternNumber.SEQUENCE);
    }

    private static PatternPart time(ZoneId zone) {
        DateText time = new DateText(ASCTIME, zone, Locale.ENGLISH);
        return (record, out) -> time.append(out, record.entry().timestampNs());
    }

    /** Whether it is meant as one of these: holds something like {@code %(word)s}. */
    static boolean looksLike(String pattern) {
        return LOOK.matcher(pattern).find();
    }

    PatternFormat compile() {
        while (!scanner.atEnd()) {
            int start = scanner.at();
            char c = scanner.next();
            if (c != '%') {
                scanner.literal(c);
            } else if (scanner.accept('%')) {
                scanner.literal('%');
            } else if (scanner.accept('(')) {
                scanner.flushLiteral(parts);
                parts.add(field(start));
            } else {
                throw scanner.error(start, "a % that no name follows; allowed: %(name)s, or %% for a per cent sign");
            }
        }
        scanner.flushLiteral(parts);
        return new PatternFormat(PatternScanner.array(parts), false);
    }

    private PatternPart field(int start) {
        int nameStart = scanner.at();
        while (!scanner.atEnd() && scanner.peek() != ')') {
            scanner.next();
        }
        String name = scanner.since(nameStart);
        if (!scanner.accept(')')) {
            throw scanner.error(start, "%(" + name + " has no closing parenthesis; allowed: %(name)s");
        }
        if (!name.equals(CREATED) && !texts.containsKey(name) && !numbers.containsKey(name)) {
            List<String> known = new ArrayList<>(texts.keySet());
            known.addAll(numbers.keySet());
            known.add(CREATED);
            throw scanner.unknown(start, name, known, "%%(%s)");
        }
        return field(start, name, flags());
    }

    private String flags() {
        int start = scanner.at();
        while (scanner.peek() != PatternScanner.END && "-#0 +".indexOf(scanner.peek()) >= 0) {
            scanner.next();
        }
        return scanner.since(start);
    }

    private PatternPart field(int start, String name, String flags) {
        int width = Math.max(0, scanner.number());
        int precision = scanner.accept('.') ? Math.max(0, scanner.number()) : -1;
        char conversion = scanner.next();
        boolean left = flags.indexOf('-') >= 0;
        if (texts.containsKey(name)) {
            check(start, name, "s", conversion);
            int most = precision < 0 ? PatternWidth.NO_LIMIT : precision;
            return sized(texts.get(name), width, left, most);
        }
        if (name.equals(CREATED)) {
            check(start, name, "fd", conversion);
            if (precision > MAX_DECIMALS || precision >= 0 && conversion == 'd') {
                throw scanner.error(start, "%(created) has 0 to " + MAX_DECIMALS + " decimals; allowed: %(created).3f");
            }
            int decimals = conversion == 'd' ? PythonNumber.TRUNCATED : precision < 0 ? 6 : precision;
            return new PythonNumber(PythonNumber.created(decimals), flags, width);
        }
        check(start, name, "ds", conversion);
        if (precision >= 0) {
            throw scanner.error(start, "%(" + name + ") is a whole number; allowed: %(" + name + ")5d");
        }
        PatternNumber number = numbers.get(name);
        return conversion == 's'
                ? sized(number.part(), width, left, PatternWidth.NO_LIMIT)
                : new PythonNumber(number.part(), flags, width);
    }

    private void check(int start, String name, String allowed, char conversion) {
        if (conversion == PatternScanner.END || allowed.indexOf(conversion) < 0) {
            String found = conversion == PatternScanner.END ? "the end" : "'" + conversion + "'";
            throw scanner.error(
                    start,
                    "%(" + name + ") is followed by " + found + "; allowed: %(" + name + ")" + allowed.charAt(0)
                            + (allowed.length() > 1 ? ", %(" + name + ")" + allowed.charAt(1) : ""));
        }
    }

    private static PatternPart sized(PatternPart part, int width, boolean left, int most) {
        PatternPart cut = most == PatternWidth.NO_LIMIT ? part : new PatternWidth(part, 0, false, most, false);
        return width == 0 ? cut : new PatternWidth(cut, width, !left, PatternWidth.NO_LIMIT, false);
    }
}

package io.emberlog.samples.judge;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds what producers were promised against what is in the output.
 *
 * <pre>
 *   Judge ACKNOWLEDGEMENT_DIRECTORY OUTPUT... [--json]
 * </pre>
 *
 * Each OUTPUT is a file of JSON lines, read together with its rotated ones. Exit code 0 only if everything acknowledged
 * is there exactly once, unaltered and in the order of its thread, nothing else is, and the books balance; 1 if not; 2
 * if it cannot be judged. Uses no class of the product.
 */
public final class Judge {
    private static final Pattern PLACE = Pattern.compile("([^/\\s]+)/(\\d{1,4})/(\\d{1,15}) ");
    private static final String OWN_LOGGERS = "emberlog.";
    /** Of each kind, so that many of one do not hide another. */
    private static final int MOST_FINDINGS = 20;

    /** What is wrong beyond the single workers. */
    private enum Kind {
        MALFORMED,
        SEQUENCE_BREAK,
        INVENTED,
        QUARANTINED
    }

    private final Map<String, Ledger> ledgers = new TreeMap<>();
    private final List<Map<String, Object>> deaths = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private final Map<Kind, Integer> found = new EnumMap<>(Kind.class);
    private long lines;
    private long malformed;
    private long invented;
    private long sequenceBreaks;
    private long lastSequence = -1;

    private Judge(Path acknowledgements) throws IOException {
        for (Path file : AcknowledgementFile.in(acknowledgements)) {
            AcknowledgementFile account = AcknowledgementFile.open(file);
            if (account == null) {
                continue; // killed before it began: it was promised nothing
            }
            if (ledgers.put(account.name(), new Ledger(account)) != null) {
                throw new IOException("two accounts are of " + account.name());
            }
        }
    }

    /** Judges and ends the process. */
    public static void main(String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        boolean asJson = words.remove("--json");
        if (words.size() < 2 || words.stream().anyMatch(word -> word.startsWith("-"))) {
            System.err.println("usage: Judge ACKNOWLEDGEMENT_DIRECTORY OUTPUT... [--json]");
            System.exit(2);
        }
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        try {
            List<Path> outputs = words.stream().skip(1).map(Path::of).toList();
            Verdict verdict = judge(Path.of(words.get(0)), outputs);
            if (asJson) {
                verdict.printJson(out);
            } else {
                verdict.print(out);
            }
            out.flush();
            System.exit(verdict.isClean() ? 0 : 1);
        } catch (IOException e) {
            System.err.println("cannot judge: " + e);
            System.exit(2);
        }
    }

    static Verdict judge(Path acknowledgements, List<Path> outputs) throws IOException {
        Judge judge = new Judge(acknowledgements);
        for (Path output : outputs) {
            judge.read(output);
        }
        return judge.verdict();
    }

    private void read(Path output) throws IOException {
        lastSequence = -1;
        List<Path> files = OutputFiles.of(output);
        if (files.isEmpty()) {
            throw new IOException("there is no " + output);
        }
        for (Path file : files) {
            long whole = OutputFiles.lines(file, 0, (line, length) -> read(file, line, length));
            long rest = Files.size(file) - whole;
            if (rest > 0) {
                malformed++;
                find(Kind.MALFORMED, file + " ends with " + rest + " bytes of half a line");
            }
        }
    }

    private void read(Path file, byte[] line, int length) {
        lines++;
        OutputRecord record;
        try {
            record = OutputRecord.of(Json.parse(line, length));
        } catch (IllegalArgumentException e) {
            malformed++;
            find(
                    Kind.MALFORMED,
                    file + ": line is not a JSON object (" + e.getMessage() + "): "
                            + new String(line, 0, Math.min(length, 200), StandardCharsets.UTF_8));
            return;
        }
        if (lastSequence >= 0 && record.seq() != lastSequence + 1) {
            sequenceBreaks++;
            find(Kind.SEQUENCE_BREAK, file + ": record " + record.seq() + " follows " + lastSequence);
        }
        lastSequence = record.seq();
        if (record.logger().startsWith(OWN_LOGGERS)) {
            readOwn(record);
        } else {
            readMessage(record);
        }
    }

    private void readMessage(OutputRecord record) {
        Matcher place = PLACE.matcher(record.message());
        Ledger ledger = place.lookingAt() ? ledgers.get(place.group(1)) : null;
        if (ledger != null) {
            ledger.message(record, Integer.parseInt(place.group(2)), Long.parseLong(place.group(3)));
        } else if (ledgers.containsKey(record.worker())) {
            ledgers.get(record.worker()).invented(record.message());
        } else {
            invented++;
            find(Kind.INVENTED, "invented: " + record);
        }
    }

    /** What the master and the workers' loggers say themselves: who ended, and what was dropped. */
    private void readOwn(OutputRecord record) {
        String event = record.field("event");
        if (event.isEmpty()) {
            Ledger ledger = ledgers.get(record.worker());
            if (ledger != null && record.message().startsWith("dropped ")) {
                ledger.dropReport(record.message());
            }
            return;
        }
        String worker = record.field("worker");
        if (event.equals("dead")) {
            Map<String, Object> death = new LinkedHashMap<>();
            death.put("worker", worker);
            death.put("reason", record.field("reason"));
            death.put("detected_after_ms", record.fields().get("detected_after_ms"));
            deaths.add(death);
        }
        if (event.equals("quarantined")) {
            find(Kind.QUARANTINED, "quarantined: " + record.message());
        }
        Ledger ledger = ledgers.get(worker);
        if (ledger != null && List.of("dead", "stopped", "replaced").contains(event)) {
            ledger.ringEnded(event, record.field("dropped_by_level"));
        }
    }

    private Verdict verdict() {
        List<WorkerVerdict> workers =
                ledgers.values().stream().map(Ledger::verdict).toList();
        return new Verdict(
                lines, malformed, invented, sequenceBreaks, workers, List.copyOf(deaths), List.copyOf(findings));
    }

    private void find(Kind kind, String finding) {
        if (found.merge(kind, 1, Integer::sum) <= MOST_FINDINGS) {
            findings.add(finding);
        }
    }
}

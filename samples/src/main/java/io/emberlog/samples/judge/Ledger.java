package io.emberlog.samples.judge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One worker's account, and beside it what the output says of that worker. Filled by {@link #message} and
 * {@link #dropReport} in the order of the output, then closed by {@link #verdict}. One thread.
 */
final class Ledger {
    private static final int MOST_EXAMPLES = 5;
    /** Reasons under which a record is dropped that may have been committed before, in a ring that then failed or was sealed. */
    private static final Set<String> DOUBTFUL_REASONS = Set.of("failed", "retiring", "no ring");

    private static final Pattern DROPPED_ITEM = Pattern.compile("(\\d+) (\\S+) \\(([^)]*)\\)");
    private static final Map<Integer, String> LEVEL_NAMES =
            Map.of(1, "TRACE", 5, "DEBUG", 9, "INFO", 10, "NOTICE", 13, "WARN", 17, "ERROR", 18, "CRITICAL");

    private final AcknowledgementFile account;
    private final Stream[] streams;
    private final Map<String, Long> reportedByLevel = new TreeMap<>();
    private final Map<String, Long> endedByLevel = new TreeMap<>();
    private final List<String> findings = new ArrayList<>();
    private long refused;
    private long doubtful;
    private long doubled;
    private long altered;
    private long invented;
    private long outOfOrder;
    private boolean stopped;
    private boolean dead;

    /** One thread's calls: sequence numbers from 0 to {@code issued}. */
    private static final class Stream {
        final BitSet acknowledged = new BitSet();
        final BitSet delivered = new BitSet();
        final BitSet synced = new BitSet();
        long issued;
        long last = -1;
    }

    /** @throws IOException when the account contradicts itself; then nothing can be judged */
    Ledger(AcknowledgementFile account) throws IOException {
        this.account = account;
        streams = new Stream[account.threads()];
        for (int thread = 0; thread < streams.length; thread++) {
            streams[thread] = read(thread);
        }
    }

    private Stream read(int thread) throws IOException {
        Stream stream = new Stream();
        stream.issued = account.issued(thread);
        long before = -1;
        for (long entry = 0; entry < account.acknowledged(thread); entry++) {
            long sequence = account.sequence(thread, entry);
            String text = Message.text(account.seed(), account.name(), thread, sequence);
            if (sequence <= before
                    || sequence >= stream.issued
                    || account.severity(thread, entry)
                            != Message.severity(account.seed(), account.name(), thread, sequence)
                    || account.length(thread, entry) != text.length()
                    || account.hash(thread, entry) != TextHash.of(text)) {
                throw new IOException("account of " + account.name() + ", thread " + thread + ", entry " + entry
                        + " (sequence " + sequence + ") contradicts itself");
            }
            before = sequence;
            stream.acknowledged.set(Math.toIntExact(sequence));
            stream.synced.set(Math.toIntExact(sequence), entry < account.synced(thread));
        }
        return stream;
    }

    String name() {
        return account.name();
    }

    /** A record that says it is of this worker, with a text that names this worker. */
    void message(OutputRecord record, int thread, long sequence) {
        if (thread >= streams.length || sequence >= streams[thread].issued) {
            invented(record.message());
            return;
        }
        String expected = Message.text(account.seed(), account.name(), thread, sequence);
        if (!record.message().equals(expected)
                || !record.worker().equals(account.name())
                || !record.thread().equals(Message.threadName(thread))
                || record.severity() != Message.severity(account.seed(), account.name(), thread, sequence)) {
            altered++;
            find("altered: " + record);
            return;
        }
        Stream stream = streams[thread];
        int bit = Math.toIntExact(sequence);
        if (stream.delivered.get(bit)) {
            doubled++;
            find("doubled: " + place(thread, sequence) + " again in record " + record.seq());
            return;
        }
        stream.delivered.set(bit);
        if (sequence < stream.last) {
            outOfOrder++;
            find("out of order: " + place(thread, sequence) + " after " + stream.last);
        }
        stream.last = Math.max(stream.last, sequence);
    }

    /** A text of this worker's that it never logged. */
    void invented(String message) {
        invented++;
        find("invented: " + message);
    }

    /** In-band, while the worker lived: {@code dropped 5 records: 3 INFO (ring full), 2 WARN (refused)}. */
    void dropReport(String message) {
        count(message, reportedByLevel);
    }

    /** The master's record of the end of one of this worker's rings, with all that was dropped in the ring's life. */
    void ringEnded(String event, String droppedByLevel) {
        stopped |= event.equals("stopped");
        dead |= event.equals("dead");
        count(droppedByLevel, endedByLevel);
        refused += ofReasons(droppedByLevel, Set.of("refused"));
        doubtful += ofReasons(droppedByLevel, DOUBTFUL_REASONS);
    }

    private static void count(String items, Map<String, Long> levels) {
        Matcher item = DROPPED_ITEM.matcher(items);
        while (item.find()) {
            levels.merge(item.group(2), Long.parseLong(item.group(1)), Long::sum);
        }
    }

    private static long ofReasons(String items, Set<String> reasons) {
        long sum = 0;
        Matcher item = DROPPED_ITEM.matcher(items);
        while (item.find()) {
            sum += reasons.contains(item.group(3)) ? Long.parseLong(item.group(1)) : 0;
        }
        return sum;
    }

    WorkerVerdict verdict() {
        long issued = 0;
        long acknowledged = 0;
        long declined = 0;
        long delivered = 0;
        long synced = 0;
        long lost = 0;
        long lostSynced = 0;
        long unfinished = 0;
        long arrived = 0;
        for (int thread = 0; thread < streams.length; thread++) {
            Stream stream = streams[thread];
            issued += stream.issued;
            acknowledged += stream.acknowledged.cardinality();
            declined += account.declined(thread);
            delivered += stream.delivered.cardinality();
            synced += stream.synced.cardinality();
            lost += lost(thread, stream);
            lostSynced += lostSynced(thread, stream);
            unfinished += unfinished(thread, stream);
            arrived += arrived(thread, stream);
        }
        boolean balanced = issued == delivered + (declined - arrived) + unfinished && arrived <= doubtful;
        if (!balanced) {
            find("the books do not balance: issued " + issued + ", delivered " + delivered + ", declined " + declined
                    + " of which " + arrived + " arrived and " + doubtful + " may, unfinished " + unfinished);
        }
        boolean reported = reportsHold(unfinished);
        return new WorkerVerdict(
                account.name(),
                issued,
                acknowledged,
                synced,
                delivered,
                lost,
                lostSynced,
                doubled,
                altered,
                invented,
                outOfOrder,
                declined - arrived - Math.min(declined - arrived, refused),
                Math.min(declined - arrived, refused),
                unfinished,
                arrived,
                Math.max(sum(reportedByLevel), sum(endedByLevel)),
                balanced,
                reported,
                List.copyOf(findings));
    }

    private long lost(int thread, Stream stream) {
        BitSet missing = (BitSet) stream.acknowledged.clone();
        missing.andNot(stream.delivered);
        missing.stream().limit(MOST_EXAMPLES).forEach(sequence -> find("lost: " + place(thread, sequence)));
        return missing.cardinality();
    }

    private long lostSynced(int thread, Stream stream) {
        BitSet missing = (BitSet) stream.synced.clone();
        missing.andNot(stream.delivered);
        missing.stream()
                .limit(MOST_EXAMPLES)
                .forEach(sequence -> find("lost though synced: " + place(thread, sequence)));
        return missing.cardinality();
    }

    /** Calls cut short that left no record: at most the last of a thread that did not end by itself. */
    private long unfinished(int thread, Stream stream) {
        long open = stream.issued - stream.acknowledged.cardinality() - account.declined(thread);
        if (open < 0 || open > (account.ended(thread) ? 0 : 1)) {
            find("account of " + place(thread, stream.issued) + " has " + open + " calls open");
        }
        boolean last = stream.issued > 0 && stream.delivered.get(Math.toIntExact(stream.issued - 1));
        boolean lastWasOpen = stream.issued > 0 && !stream.acknowledged.get(Math.toIntExact(stream.issued - 1));
        return open - (open == 1 && last && lastWasOpen ? 1 : 0);
    }

    /** Calls that returned false and whose record is there all the same: nobody knew when the ring failed under them. */
    private long arrived(int thread, Stream stream) {
        BitSet records = (BitSet) stream.delivered.clone();
        records.andNot(stream.acknowledged);
        long open = stream.issued - stream.acknowledged.cardinality() - account.declined(thread);
        boolean openArrived = open == 1 && records.get(Math.toIntExact(stream.issued - 1));
        return records.cardinality() - (openArrived ? 1 : 0);
    }

    /**
     * What was dropped is in the output, by level: in the master's record of the ring's end, exactly, but that a kill
     * between the logger's count and ours leaves one more of them per thread; and before that, never more than there was,
     * in the worker's own reports, for which a full ring may have no room.
     */
    private boolean reportsHold(long unfinished) {
        Map<String, Long> declined = declinedByLevel();
        boolean ended = stopped || dead;
        boolean whole = !ended || covers(endedByLevel, declined) && sum(endedByLevel) <= sum(declined) + unfinished;
        if (!whole) {
            find("declined by level " + declined + ", and the end of its ring says dropped " + endedByLevel);
        }
        boolean honest = sum(reportedByLevel) <= sum(declined) + unfinished
                && (unfinished > 0 || covers(declined, reportedByLevel));
        if (!honest) {
            find("declined by level " + declined + ", and its reports say dropped " + reportedByLevel);
        }
        return whole && honest;
    }

    private static boolean covers(Map<String, Long> more, Map<String, Long> fewer) {
        return fewer.entrySet().stream().allMatch(level -> more.getOrDefault(level.getKey(), 0L) >= level.getValue());
    }

    private static long sum(Map<String, Long> levels) {
        return levels.values().stream().mapToLong(Long::longValue).sum();
    }

    private Map<String, Long> declinedByLevel() {
        Map<String, Long> levels = new TreeMap<>();
        for (int thread = 0; thread < streams.length; thread++) {
            for (int severity = 0; severity < AcknowledgementLayout.SEVERITIES; severity++) {
                long count = account.declined(thread, severity);
                if (count > 0) {
                    levels.merge(LEVEL_NAMES.getOrDefault(severity, "severity " + severity), count, Long::sum);
                }
            }
        }
        return levels;
    }

    private String place(int thread, long sequence) {
        return account.name() + "/" + thread + "/" + sequence;
    }

    private void find(String finding) {
        if (findings.size() < 4 * MOST_EXAMPLES) {
            findings.add(finding);
        }
    }
}

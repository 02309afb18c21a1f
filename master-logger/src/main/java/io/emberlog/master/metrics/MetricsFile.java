package io.emberlog.master.metrics;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.LatencySnapshot;
import io.emberlog.handler.PartProblems;
import io.emberlog.master.fanout.HandlerStatus;
import io.emberlog.master.metrics.HandlerFigures.Latency;
import io.emberlog.master.state.StateText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The figures of a master's handlers, {@code metrics} in its state directory: UTF-8, version 1, a line each, parts separated by tabs, in
 * texts \t \n \r \\ for what would end a part. Times are nanoseconds; those since the epoch begin a line of their own.
 *
 * <pre>
 *  emberlog metrics 1
 *  master PID START               as in master.lock: figures of another master are not this one's
 *  handler NAME                   the lines up to the next of these are its
 *  state STATE                    of HandlerState
 *  problem TEXT                   none when all is well
 *  part NAME TEXT                 a part of its destination that is in trouble while the others work; any number of them
 *  further_parts COUNT            beside those; none when there are none
 *  call METHOD EPOCHNS            of the handler, not come back from for five seconds or more, and since when; none when there is none
 *  started EPOCHNS                all that is counted and measured begins there
 *  next SEQUENCE                  first record not done; -1 before the first
 *  waiting_since EPOCHNS          when that one was journaled; 0: there is none; -1: unknown
 *  lost COUNT
 *  records COUNT                  and so for each Counter of HandlerMetrics, in lower case
 *  disk_bytes VALUE               and so for each Gauge; none where it is unknown
 *  write COUNT TOTAL P99 MAX      and so for each Timer
 *  crc32c 0a1b2c3d                of all before it; behind it, newlines up to the file's end
 * </pre>
 *
 * Readers skip lines whose first part they do not know, and do without those that are missing; so figures may come and go within a
 * version.
 */
public final class MetricsFile {
    private static final int VERSION = 1;
    private static final String HEAD = "emberlog metrics " + VERSION + '\n';
    static final int MAX_BYTES = 16 << 20;
    private static final int TRIES = 3;

    private MetricsFile() {}

    /**
     * What is in the file.
     *
     * @param start of the master, as in its lock file
     */
    public record Content(long pid, String start, List<HandlerFigures> handlers) {
        public Content {
            handlers = List.copyOf(handlers);
        }
    }

    static Path in(Path stateDirectory) {
        return stateDirectory.resolve("metrics");
    }

    /**
     * Any process, at any time.
     *
     * @return empty where there is none, none that is whole, or none that this user may read
     * @throws IOException it is there and cannot be read
     */
    public static Optional<Content> read(Path stateDirectory) throws IOException {
        for (int i = 0; i < TRIES; i++) { // one that is just being written is whole a moment later
            try {
                Content content = decode(text(in(stateDirectory)));
                if (content != null) {
                    return Optional.of(content);
                }
            } catch (NoSuchFileException | AccessDeniedException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static String text(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MAX_BYTES, channel.size()));
            int read = 0;
            while (bytes.hasRemaining() && read >= 0) {
                read = channel.read(bytes);
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }
    }

    static String encode(long pid, String start, List<HandlerStatus> handlers) {
        StringBuilder out = new StringBuilder(HEAD);
        out.append("master\t")
                .append(pid)
                .append('\t')
                .append(StateText.escaped(start))
                .append('\n');
        handlers.forEach(handler -> append(out, handler));
        return StateText.sealed(out.toString());
    }

    private static void append(StringBuilder out, HandlerStatus handler) {
        out.append("handler\t").append(StateText.escaped(handler.name())).append('\n');
        out.append("state\t").append(handler.state()).append('\n');
        if (handler.problem() != null) {
            out.append("problem\t").append(StateText.escaped(handler.problem())).append('\n');
        }
        handler.parts()
                .told()
                .forEach((part, problem) -> out.append("part\t")
                        .append(StateText.escaped(part))
                        .append('\t')
                        .append(StateText.escaped(problem))
                        .append('\n'));
        if (handler.parts().further() > 0) {
            line(out, "further_parts", handler.parts().further());
        }
        if (handler.call() != null) {
            line(out, "call\t" + handler.call(), handler.callSinceEpochNs());
        }
        line(out, "started", handler.startedEpochNs());
        line(out, "next", handler.nextSequence());
        line(out, "waiting_since", handler.waitingSinceEpochNs());
        line(out, "lost", handler.lost());
        for (Counter counter : Counter.values()) {
            line(out, key(counter), handler.count(counter));
        }
        for (Gauge gauge : Gauge.values()) {
            if (handler.gauge(gauge) >= 0) {
                line(out, key(gauge), handler.gauge(gauge));
            }
        }
        for (Timer timer : Timer.values()) {
            LatencySnapshot latency = handler.latency(timer);
            line(out, key(timer), latency.count(), latency.totalNs(), latency.percentileNs(99), latency.maxNs());
        }
    }

    private static void line(StringBuilder out, String key, long... values) {
        out.append(key);
        for (long value : values) {
            out.append('\t').append(value);
        }
        out.append('\n');
    }

    /** Of a counter, a gauge or a timer, wherever it is told: in this file and in the JSON of {@code stat}. */
    public static String key(Enum<?> figure) {
        return figure.name().toLowerCase(Locale.ROOT);
    }

    /** Null for what is no whole file of this version. */
    static Content decode(String text) {
        String lines = StateText.opened(text.stripTrailing() + '\n').orElse("");
        if (!lines.startsWith(HEAD)) {
            return null;
        }
        try {
            return parse(lines.substring(HEAD.length()));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return null; // whole, and of somebody who means something else by these lines
        }
    }

    private static Content parse(String text) {
        List<HandlerFigures> handlers = new ArrayList<>();
        String[] master = {"", "-1", ""};
        Lines of = null;
        for (String line : text.split("\n")) {
            String[] parts = line.split("\t", -1);
            if (parts[0].equals("handler")) {
                addTo(handlers, of);
                of = new Lines(StateText.unescaped(parts[1]), new HashMap<>(), new LinkedHashMap<>());
            } else if (of != null && parts[0].equals("part")) {
                of.troubled.put(StateText.unescaped(parts[1]), StateText.unescaped(parts[2]));
            } else if (of != null) {
                of.parts.put(parts[0], parts);
            } else if (parts[0].equals("master")) {
                master = parts;
            }
        }
        addTo(handlers, of);
        return new Content(Long.parseLong(master[1]), StateText.unescaped(master[2]), handlers);
    }

    private static void addTo(List<HandlerFigures> handlers, Lines of) {
        if (of != null) {
            handlers.add(of.figures());
        }
    }

    /** Of one handler, by their first part. */
    private record Lines(String name, Map<String, String[]> parts, Map<String, String> troubled) {
        HandlerFigures figures() {
            Map<Counter, Long> counts = new EnumMap<>(Counter.class);
            for (Counter counter : Counter.values()) {
                counts.put(counter, number(key(counter)));
            }
            Map<Gauge, Long> gauges = new EnumMap<>(Gauge.class);
            for (Gauge gauge : Gauge.values()) {
                gauges.put(gauge, number(key(gauge)));
            }
            Map<Timer, Latency> latencies = new EnumMap<>(Timer.class);
            for (Timer timer : Timer.values()) {
                String key = key(timer);
                if (parts.containsKey(key)) {
                    latencies.put(timer, new Latency(number(key, 1), number(key, 2), number(key, 3), number(key, 4)));
                }
            }
            return new HandlerFigures(
                    name,
                    text("state").toLowerCase(Locale.ROOT),
                    text("problem"),
                    new PartProblems(troubled, Math.max(0, number("further_parts"))),
                    text("call"),
                    number("call", 2),
                    number("started"),
                    number("next"),
                    number("waiting_since"),
                    number("lost"),
                    counts,
                    gauges,
                    latencies);
        }

        private String text(String key) {
            return parts.containsKey(key) ? StateText.unescaped(parts.get(key)[1]) : "";
        }

        private long number(String key) {
            return number(key, 1);
        }

        private long number(String key, int part) {
            return parts.containsKey(key) ? Long.parseLong(parts.get(key)[part]) : -1;
        }
    }
}

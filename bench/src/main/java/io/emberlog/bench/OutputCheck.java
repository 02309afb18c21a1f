package io.emberlog.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads the output as text, whatever its format, and counts what is missing or there twice. One use. */
final class OutputCheck {
    private static final byte[] NUMBER = LoadWorker.NUMBER_IS_BEHIND.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NAME = (LoadWorker.NAME_IS_BEHIND + "worker-").getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_LINE = 128 * 1024;

    private final long[] next;
    private final long to;
    /** Of each message of the one worker there is; 0 where each says its worker at its end instead. */
    private final int textBytes;

    private final byte[] line = new byte[MAX_LINE];
    private long missing;
    private long doubled;
    private long lines;

    private OutputCheck(int workers, int textBytes, long from, long to) {
        next = new long[workers];
        Arrays.fill(next, from);
        this.textBytes = textBytes;
        this.to = to;
    }

    /**
     * Each worker has logged the messages {@code from} to {@code to - 1}, in that order. Later ones are passed over: of a
     * worker that was killed they are calls that had not returned.
     *
     * @param file read with what was rotated away from it
     */
    static OutputCheck of(Path file, int workers, long from, long to) throws IOException {
        return new OutputCheck(workers, 0, from, to).read(file);
    }

    /** The same of one worker whose texts, each at the end of its line, are that long: one that was cut is missing. */
    static OutputCheck ofTexts(Path file, int textBytes, long from, long to) throws IOException {
        return new OutputCheck(1, textBytes, from, to).read(file);
    }

    private OutputCheck read(Path file) throws IOException {
        for (Path part : Outputs.parts(file)) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(part), 1 << 20)) {
                read(in);
            }
        }
        end();
        return this;
    }

    /** For such messages of one worker that are no text: each is {@link #take taken}, then {@link #end}. */
    static OutputCheck numbered(long from, long to) {
        return new OutputCheck(1, 0, from, to);
    }

    void end() {
        for (long reached : next) {
            missing += to - reached;
        }
    }

    /** A message of the one worker there is. */
    void take(long message) {
        take(0, message);
    }

    private void read(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 20];
        int length = 0;
        for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    takeLine(length);
                    length = 0;
                } else if (length < MAX_LINE) {
                    line[length++] = buffer[i];
                }
            }
        }
    }

    private void takeLine(int length) {
        lines++;
        int number = behind(NUMBER, 0, length);
        int worker = number < 0 ? -1 : worker(number, length);
        if (worker >= 0) { // else one of the master's own records
            take(worker, number(number, length));
        }
    }

    private int worker(int number, int length) {
        if (textBytes > 0) {
            return length - (number - NUMBER.length) == textBytes ? 0 : -1;
        }
        int name = behind(NAME, number, length);
        return name < 0 ? -1 : (int) number(name, length);
    }

    private void take(int worker, long message) {
        if (message < next[worker]) {
            doubled++;
        } else if (message < to) {
            missing += message - next[worker];
            next[worker] = message + 1;
        }
    }

    private int behind(byte[] text, int from, int length) {
        for (int i = from; i <= length - text.length; i++) {
            int same = 0;
            while (same < text.length && line[i + same] == text[same]) {
                same++;
            }
            if (same == text.length) {
                return i + same;
            }
        }
        return -1;
    }

    private long number(int at, int length) {
        boolean negative = line[at] == '-';
        long value = 0;
        for (int i = negative ? at + 1 : at; i < length && line[i] >= '0' && line[i] <= '9'; i++) {
            value = 10 * value + line[i] - '0';
        }
        return negative ? -value : value;
    }

    long missing() {
        return missing;
    }

    /** There twice, or behind a later one. */
    long doubled() {
        return doubled;
    }

    long lines() {
        return lines;
    }
}

package io.emberlog.handler.format;

import io.emberlog.message.Bytes;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The keys of one JSON object, each once: receivers of ECS and OTLP refuse an object in which one comes again. A key that is
 * taken gets {@code _2} behind it, the next one {@code _3}. Makes no garbage once grown; time in proportion to the keys,
 * whatever they are. One thread.
 */
final class UniqueKeys {
    private static final int NONE = -1;
    private static final int FIRST_NUMBER = 2;

    /** Workers choose the keys; without it they could choose some that share a place. */
    private final long seed = ThreadLocalRandom.current().nextLong();

    private final int reserved;
    private final int reservedLength;
    /** The keys one after the other, the reserved ones first. */
    private final Utf8Buffer texts = new Utf8Buffer(256);

    private int[] starts = new int[32];
    private int[] ends = new int[32];
    /** Of each key: the number that another one of its name gets. */
    private int[] numbers = new int[32];
    /** Of each key: its place in {@link #table}. */
    private int[] places = new int[32];

    private int count;
    /** Open addressing: the key's number plus 1, or 0. A power of two, at most half full. */
    private int[] table = new int[64];

    /** @param reserved keys that are taken in every object */
    UniqueKeys(String... reserved) {
        Utf8Buffer key = new Utf8Buffer(32);
        for (String name : reserved) {
            key.clear();
            key.append(name);
            add(key.bytes(), 0, key.length());
        }
        this.reserved = count;
        this.reservedLength = texts.length();
    }

    /** A new object. */
    void clear() {
        while (count > reserved) {
            table[places[--count]] = 0;
        }
        texts.truncate(reservedLength);
        Arrays.fill(numbers, 0, count, FIRST_NUMBER);
    }

    /** Takes the key that was appended to {@code out} since {@code start}, with a number behind it where it is taken. */
    void settle(Utf8Buffer out, int start) {
        int same = find(out.bytes(), start, out.length());
        if (same == NONE) {
            add(out.bytes(), start, out.length());
            return;
        }
        int end = out.length();
        do {
            out.truncate(end);
            out.append('_');
            out.append((long) numbers[same]++);
        } while (find(out.bytes(), start, out.length()) != NONE);
        add(out.bytes(), start, out.length());
    }

    private int find(byte[] bytes, int start, int end) {
        for (int place = place(bytes, start, end); table[place] != 0; place = place + 1 & table.length - 1) {
            int key = table[place] - 1;
            if (Arrays.equals(bytes, start, end, texts.bytes(), starts[key], ends[key])) {
                return key;
            }
        }
        return NONE;
    }

    private void add(byte[] bytes, int start, int end) {
        if (count == starts.length) {
            grow();
        }
        starts[count] = texts.length();
        texts.append(bytes, start, end - start);
        ends[count] = texts.length();
        numbers[count] = FIRST_NUMBER;
        put(count);
        count++;
    }

    private void put(int key) {
        int place = place(texts.bytes(), starts[key], ends[key]);
        while (table[place] != 0) {
            place = place + 1 & table.length - 1;
        }
        table[place] = key + 1;
        places[key] = place;
    }

    private void grow() {
        starts = Arrays.copyOf(starts, 2 * count);
        ends = Arrays.copyOf(ends, 2 * count);
        numbers = Arrays.copyOf(numbers, 2 * count);
        places = Arrays.copyOf(places, 2 * count);
        table = new int[4 * count];
        for (int key = 0; key < count; key++) {
            put(key);
        }
    }

    private int place(byte[] bytes, int start, int end) {
        long hash = seed + end - start;
        int at = start;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            hash = (hash ^ Bytes.getLong(bytes, at)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        for (; at < end; at++) {
            hash = (hash ^ bytes[at]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash & table.length - 1;
    }
}

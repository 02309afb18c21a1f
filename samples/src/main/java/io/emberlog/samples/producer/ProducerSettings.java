package io.emberlog.samples.producer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Producer} is told, as {@code key=value} on its command line.
 *
 * @param name of the worker; no two producers of a run have the same
 * @param channel directory of the rings
 * @param acks acknowledgement file to create
 * @param messages most calls per thread, and most acknowledgements
 * @param pauseNs between two calls of a thread; 0 = full speed
 * @param syncNs between two waits for synced, by a thread of their own; 0 = none
 */
public record ProducerSettings(
        String name, Path channel, Path acks, long seed, int threads, long messages, long pauseNs, long syncNs) {
    /** Waits for no synced. */
    public ProducerSettings(String name, Path channel, Path acks, long seed, int threads, long messages, long pauseNs) {
        this(name, channel, acks, seed, threads, messages, pauseNs, 0);
    }

    /** The command line that {@link #parse} reads. */
    public String[] arguments() {
        List<String> words = new ArrayList<>();
        words.add("name=" + name);
        words.add("channel=" + channel);
        words.add("acks=" + acks);
        words.add("seed=" + seed);
        words.add("threads=" + threads);
        words.add("messages=" + messages);
        words.add("pause_ns=" + pauseNs);
        words.add("sync_ns=" + syncNs);
        return words.toArray(new String[0]);
    }

    static ProducerSettings parse(String... arguments) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("argument=" + argument + " is not key=value");
            }
            values.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return new ProducerSettings(
                required(values, "name"),
                Path.of(required(values, "channel")),
                Path.of(required(values, "acks")),
                Long.parseLong(required(values, "seed")),
                Integer.parseInt(required(values, "threads")),
                Long.parseLong(required(values, "messages")),
                Long.parseLong(required(values, "pause_ns")),
                Long.parseLong(required(values, "sync_ns")));
    }

    private static String required(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + "=... is missing");
        }
        return value;
    }
}

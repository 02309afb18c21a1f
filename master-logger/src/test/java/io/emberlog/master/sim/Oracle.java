package io.emberlog.master.sim;

import io.emberlog.message.DropReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Knows what was issued and what became of each call, and judges what arrived. */
final class Oracle {
    enum Answer {
        UNFINISHED,
        ACKNOWLEDGED,
        REFUSED
    }

    /** One record that some thread wanted to log. */
    static final class Issued {
        final String text;
        final String thread;
        final int number;
        Answer answer = Answer.UNFINISHED;

        Issued(String text, String thread, int number) {
            this.text = text;
            this.thread = thread;
            this.number = number;
        }
    }

    /** One record as it arrived somewhere. */
    record Delivery(long sequence, String id, String logger, String text) {}

    private static final Pattern LINE = Pattern.compile(
            "\\{\"seq\":(\\d+),.*\"logger\":\"([^\"]*)\".*?\"message\":\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\".*\"id\":\"([^\"]*)\"}");

    private final Map<String, Issued> issued = new LinkedHashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> findings = new ArrayList<>();

    Issued issue(String thread, int filler) {
        int number = numbers.merge(thread, 1, Integer::sum);
        String text = thread + "/" + number + " " + filler(thread.hashCode() * 31 + number, filler);
        Issued record = new Issued(text, thread, number);
        issued.put(text, record);
        return record;
    }

    private static String filler(int seed, int length) {
        StringBuilder text = new StringBuilder(length);
        int state = seed;
        for (int i = 0; i < length; i++) {
            state = state * 1_103_515_245 + 12_345;
            text.append((char) ('a' + (state >>> 16 & 15)));
        }
        return text.toString();
    }

    void answered(List<Issued> records, DropReason reason) {
        for (Issued record : records) {
            record.answer = reason == null ? Answer.ACKNOWLEDGED : Answer.REFUSED;
        }
    }

    void found(String what) {
        findings.add(what);
    }

    List<String> findings() {
        return findings;
    }

    long count(Answer answer) {
        return issued.values().stream()
                .filter(record -> record.answer == answer)
                .count();
    }

    /** Lines of the files in the order in which they were written: path.1, path.2, ..., path. */
    static List<String> lines(Map<java.nio.file.Path, String> files, java.nio.file.Path path) {
        TreeMap<Integer, String> inOrder = new TreeMap<>();
        String prefix = path.getFileName() + ".";
        files.forEach((file, content) -> {
            String name = file.getFileName().toString();
            inOrder.put(
                    name.startsWith(prefix) ? Integer.parseInt(name.substring(prefix.length())) : Integer.MAX_VALUE,
                    content);
        });
        List<String> lines = new ArrayList<>();
        inOrder.values().forEach(content -> content.lines().forEach(lines::add));
        return lines;
    }

    void judge(List<String> lines, List<Delivery> peer) {
        List<Delivery> file = new ArrayList<>();
        for (String line : lines) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                file.add(new Delivery(
                        Long.parseLong(matcher.group(1)), matcher.group(4), matcher.group(2), matcher.group(3)));
            } else {
                found("a line that is none: " + line);
            }
        }
        judgeFile(file);
        judgePeer(peer);
        judgeNumbers(file, peer);
    }

    private void judgeFile(List<Delivery> file) {
        Map<String, Integer> times = new HashMap<>();
        Map<String, Integer> lastOfThread = new HashMap<>();
        for (Delivery delivery : file) {
            if (delivery.text.contains(" set aside: ")) {
                found("no ring is broken, but " + delivery.text);
            }
            if (delivery.logger.equals("sim")) {
                Issued record = issued.get(delivery.text);
                if (record == null) {
                    found("in the file, invented or altered: " + shown(delivery));
                    continue;
                }
                times.merge(record.text, 1, Integer::sum);
                Integer before = lastOfThread.put(record.thread, record.number);
                if (before != null && before >= record.number) {
                    found("in the file, out of order: " + shown(delivery) + " behind number " + before);
                }
            }
        }
        for (Issued record : issued.values()) {
            int count = times.getOrDefault(record.text, 0);
            if (count > 1 || count == 0 && record.answer == Answer.ACKNOWLEDGED) {
                found("in the file " + count + " times: " + record.answer + " " + shown(record.text));
            }
        }
    }

    private void judgePeer(List<Delivery> peer) {
        Map<String, Delivery> byText = new HashMap<>();
        Map<String, Delivery> byId = new HashMap<>();
        for (Delivery delivery : peer) {
            Delivery same = byId.putIfAbsent(delivery.id, delivery);
            if (same != null && !same.equals(delivery)) {
                found("at the peer, two under one id: " + shown(same) + " and " + shown(delivery));
            }
            if (delivery.logger.equals("sim")) {
                same = byText.putIfAbsent(delivery.text, delivery);
                if (same != null && !same.equals(delivery)) {
                    found("at the peer, one under two ids: " + shown(same) + " and " + shown(delivery));
                }
                if (!issued.containsKey(delivery.text)) {
                    found("at the peer, invented or altered: " + shown(delivery));
                }
            }
        }
        for (Issued record : issued.values()) {
            if (record.answer == Answer.ACKNOWLEDGED && !byText.containsKey(record.text)) {
                found("not at the peer: " + shown(record.text));
            }
        }
    }

    /** A handler does not get what is about itself: the two together have every number. */
    private void judgeNumbers(List<Delivery> file, List<Delivery> peer) {
        TreeMap<Long, String> ids = new TreeMap<>();
        long before = -1;
        for (Delivery delivery : file) {
            if (delivery.sequence <= before) {
                found("in the file, numbered " + delivery.sequence + " behind " + before);
            }
            before = delivery.sequence;
        }
        for (List<Delivery> all : List.of(file, peer)) {
            for (Delivery delivery : all) {
                String other = ids.putIfAbsent(delivery.sequence, delivery.id);
                if (other != null && !other.equals(delivery.id)) {
                    found("one number for two records: " + delivery.sequence + " " + other + " " + delivery.id);
                }
            }
        }
        long next = 0;
        for (long number : ids.keySet()) {
            if (number != next) {
                found("numbers " + next + " to " + (number - 1) + " are nobody's");
            }
            next = number + 1;
        }
    }

    private static String shown(Delivery delivery) {
        return delivery.sequence + " " + delivery.id + " " + shown(delivery.text);
    }

    private static String shown(String text) {
        return text.substring(0, Math.min(60, text.length()));
    }
}

package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Records drawn from a seed: what they say, and their bytes. */
final class GeneratedRecords {
    record Pair(String key, Object value) {}

    record Thrown(int kind, int depth, String type, String message, List<String> frames, int inCommon) {}

    record Entry(
            int severity,
            long timestampNs,
            long threadId,
            String[] texts,
            List<Object> args,
            List<Pair> fields,
            List<Pair> mdc,
            List<Thrown> exception,
            Object[] caller,
            byte[] payload) {}

    private static final int[] TEXT_TAGS = {LOGGER, THREAD_NAME, TEMPLATE, LEVEL_NAME, MARKER, TRACE_ID, SPAN_ID, MODULE
    };

    private final SplittableRandom random;

    GeneratedRecords(long seed) {
        random = new SplittableRandom(seed);
    }

    Entry next(int maxText) {
        String[] texts = new String[TAG_COUNT];
        for (int tag : TEXT_TAGS) {
            texts[tag] = random.nextInt(3) == 0 ? null : text(maxText);
        }
        List<Object> args = null;
        if (random.nextBoolean()) {
            args = new ArrayList<>();
            int count = random.nextInt(20) == 0 ? 255 : random.nextInt(6);
            for (int i = 0; i < count; i++) {
                args.add(value(count > 6 ? 4 : maxText));
            }
        }
        return new Entry(
                random.nextInt(25),
                random.nextLong(),
                random.nextLong(),
                texts,
                args,
                random.nextBoolean() ? pairs(maxText) : null,
                random.nextBoolean() ? pairs(maxText) : null,
                random.nextInt(3) == 0 ? exception(maxText) : null,
                random.nextInt(3) == 0
                        ? new Object[] {text(20), random.nextBoolean() ? null : text(20), random.nextLong(), text(9)}
                        : null,
                random.nextInt(4) == 0 ? bytes() : null);
    }

    private byte[] bytes() {
        byte[] payload = new byte[random.nextInt(60)];
        random.nextBytes(payload);
        return payload;
    }

    private List<Pair> pairs(int maxText) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            pairs.add(new Pair(text(12), value(maxText)));
        }
        return pairs;
    }

    private List<Thrown> exception(int maxText) {
        List<Thrown> nodes = new ArrayList<>();
        int count = random.nextInt(1, 5);
        for (int i = 0; i < count; i++) {
            List<String> frames = new ArrayList<>();
            for (int f = random.nextInt(6); f > 0; f--) {
                frames.add(text(40));
            }
            nodes.add(new Thrown(
                    i == 0 ? ROOT : random.nextInt(CAUSE, CIRCULAR + 1),
                    i,
                    text(30),
                    random.nextBoolean() ? null : text(maxText),
                    frames,
                    random.nextInt(100)));
        }
        return nodes;
    }

    private Object value(int maxText) {
        return switch (random.nextInt(7)) {
            case 0 -> null;
            case 1 -> true;
            case 2 -> false;
            case 3 -> random.nextInt(4) == 0 ? Long.MIN_VALUE : random.nextLong();
            case 4 -> random.nextInt(4) == 0 ? Double.NaN : random.nextDouble();
            case 5 -> (float) random.nextDouble();
            default -> text(maxText);
        };
    }

    /** ASCII, accents, CJK, emoji, lone surrogates and controls. */
    private String text(int max) {
        int length = random.nextInt(max + 1);
        boolean ascii = random.nextBoolean();
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            int kind = ascii ? 0 : random.nextInt(7);
            switch (kind) {
                case 0, 1 -> text.append((char) random.nextInt(' ', 127));
                case 2 -> text.append((char) random.nextInt(0x80, 0x800));
                case 3 -> text.append((char) random.nextInt(0x800, 0xD800));
                case 4 -> text.appendCodePoint(random.nextInt(0x10000, 0x110000));
                case 5 -> text.append((char) random.nextInt(0xD800, 0xE000));
                default -> text.append((char) random.nextInt(32));
            }
        }
        return text.toString();
    }

    /** What arrives of a text: a lone surrogate as U+FFFD. */
    static String asArrived(String text) {
        if (text == null) {
            return null;
        }
        StringBuilder arrived = new StringBuilder();
        text.codePoints().forEach(c -> arrived.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 0xFFFD : c));
        return arrived.toString();
    }

    static void encode(BatchEncoder encoder, Entry entry) {
        encoder.beginEntry(entry.severity, entry.timestampNs, entry.threadId);
        for (int tag = 1; tag < TAG_COUNT; tag++) {
            if (tag == LOGGER && entry.texts[tag] != null) {
                encoder.text(tag, entry.texts[tag].getBytes(StandardCharsets.UTF_8));
            } else if (Arrays.binarySearch(TEXT_TAGS, tag) >= 0 || tag == LEVEL_NAME) {
                encoder.text(tag, entry.texts[tag]);
            } else if (tag == ARGS && entry.args != null) {
                encoder.beginArgs();
                entry.args.forEach(value -> addArg(encoder, value));
                encoder.endArgs();
            } else if (tag == FIELDS && entry.fields != null) {
                encodePairs(encoder, tag, entry.fields);
            } else if (tag == MDC && entry.mdc != null) {
                encodePairs(encoder, tag, entry.mdc);
            } else if (tag == EXCEPTION && entry.exception != null) {
                encodeException(encoder, entry.exception);
            } else if (tag == CALLER && entry.caller != null) {
                encoder.caller((String) entry.caller[0], (String) entry.caller[1], 42, (String) entry.caller[3]);
            } else if (tag == BYTES && entry.payload != null) {
                encoder.bytes(entry.payload, 0, entry.payload.length);
            }
        }
        encoder.endEntry();
    }

    private static void addArg(BatchEncoder encoder, Object value) {
        if (value == null) {
            encoder.addNull();
        } else if (value instanceof Boolean b) {
            encoder.addBoolean(b);
        } else if (value instanceof Long l) {
            encoder.addLong(l);
        } else if (value instanceof Double d) {
            encoder.addDouble(d);
        } else if (value instanceof Float f) {
            encoder.addFloat(f);
        } else {
            encoder.addString((String) value);
        }
    }

    private static void encodePairs(BatchEncoder encoder, int tag, List<Pair> pairs) {
        encoder.beginPairs(tag);
        for (Pair pair : pairs) {
            if (!encoder.key(pair.key)) {
                break;
            }
            if (pair.value instanceof Boolean b) {
                encoder.putBoolean(b);
            } else if (pair.value instanceof Long l) {
                encoder.putLong(l);
            } else if (pair.value instanceof Double d) {
                encoder.putDouble(d);
            } else if (pair.value instanceof Float f) {
                encoder.putFloat(f);
            } else {
                encoder.putNullable((String) pair.value);
            }
            encoder.endPair();
        }
        encoder.endPairs();
    }

    private static void encodeException(BatchEncoder encoder, List<Thrown> nodes) {
        encoder.beginException();
        for (Thrown node : nodes) {
            if (!encoder.beginThrowable(node.kind, node.depth, node.type, node.message)) {
                break;
            }
            for (String frame : node.frames) {
                if (!encoder.frame(frame)) {
                    break;
                }
            }
            encoder.endThrowable(node.inCommon);
        }
        encoder.endException();
    }

    /** Ring records of every type, one behind the other. */
    byte[] ringRecords(int count, int atMost) {
        byte[] records = new byte[0];
        for (int i = 0; i < count; i++) {
            byte[] payload;
            int type = random.nextInt(4) == 0 ? random.nextInt(TYPE_HEARTBEAT, TYPE_DROPPED + 1) : TYPE_LOG_BATCH;
            if (type == TYPE_HEARTBEAT) {
                payload = new byte[HEARTBEAT_LENGTH];
                Heartbeat.encode(payload, 0, random.nextLong(), random.nextLong(), random.nextBoolean());
            } else if (type == TYPE_DROPPED) {
                payload = new byte[DropReport.length(2)];
                DropReport.encode(payload, 0, 1, 2, 2);
                DropReport.encodeItem(payload, 0, 0, 1, 9, random.nextInt(1000), 1000);
                DropReport.encodeItem(payload, 0, 1, 2, 13, random.nextInt(1000), 1000);
            } else {
                BatchEncoder encoder = new BatchEncoder(64 * 1024, 1024);
                do {
                    encoder.begin();
                    for (int entry = random.nextInt(1, 3); entry > 0; entry--) {
                        encode(encoder, next(12));
                    }
                    encoder.finish(random.nextInt(SLOT_COUNT), random.nextLong(1, 1L << 40));
                } while (encoder.length() > atMost);
                payload = Arrays.copyOf(encoder.buffer(), encoder.length());
            }
            int start = records.length;
            records = Arrays.copyOf(records, start + 8 + (payload.length + 7 & -8));
            Bytes.putInt(records, start, 8 + payload.length);
            Bytes.putInt(records, start + 4, type);
            System.arraycopy(payload, 0, records, start + 8, payload.length);
        }
        return records;
    }
}

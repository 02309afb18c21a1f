package io.emberlog.handler.redact;

import static io.emberlog.message.MessageDescriptor.*;

import com.google.re2j.Pattern;
import io.emberlog.handler.LogRecord;
import io.emberlog.message.Bytes;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ExceptionCursor;
import io.emberlog.message.ValueCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Makes what a {@link Redaction} names unreadable: in the message and in each argument, in the template, fields, MDC, exception texts,
 * the payload and all other texts of a record. What a worker is called is not touched. A record without any of it comes out as it
 * is, after one look at each text and one at the message as a whole, without garbage unless there are regular expressions. One thread.
 */
public final class Redactor {
    /** Card numbers have 13 digits or more. */
    private static final long SHORTEST_CARD = 1_000_000_000_000L;

    /** So many of these may stand between a key and the argument that is its value. */
    private static final int MAX_BETWEEN = 8;

    private static final int MAX_KEY = 64;
    private static final String BETWEEN = " \t\"'=:([{<>";

    private final boolean active;
    private final boolean numbersToo;
    private final KeyNames keys;
    private final Marks marks;
    private final Marks messageMarks;
    private final JoinedMessage message = new JoinedMessage();
    private final EntryWriter out = new EntryWriter();
    private final EntryDecoder redactedEntry = new EntryDecoder();
    private final LogRecord redacted = new LogRecord();
    private List<String> places;

    Redactor(Set<Redaction.Group> groups, List<String> ownKeys, List<Pattern> regexes) {
        keys = new KeyNames(groups.contains(Redaction.Group.SECRETS), ownKeys);
        active = !groups.isEmpty() || !keys.isEmpty() || !regexes.isEmpty();
        numbersToo = groups.contains(Redaction.Group.CARDS) || !regexes.isEmpty();
        SecretFinder finder = new SecretFinder(groups, keys);
        marks = new Marks(finder, regexes);
        messageMarks = new Marks(finder, regexes);
    }

    /** @return the record itself when there is nothing to hide; else another, valid until the next call */
    public LogRecord redact(LogRecord record) {
        if (!active || !isConcerned(record.entry())) {
            return record;
        }
        rewrite(record.entry());
        if (!redactedEntry.wrap(out.buffer(), 0, out.length())) {
            throw new IllegalStateException("record " + record.id() + " cannot be redacted");
        }
        redacted.wrap(record.worker(), record.position(), record.index(), record.sequence(), redactedEntry);
        return redacted;
    }

    /** Allocates. What {@link #redact} would make unreadable: {@code message}, {@code args[0]}, {@code field password}, ... */
    public List<String> places(LogRecord record) {
        if (!active || !isConcerned(record.entry())) {
            return List.of();
        }
        places = new ArrayList<>();
        rewrite(record.entry());
        List<String> found = places.stream().distinct().toList();
        places = null;
        return found;
    }

    private boolean isConcerned(EntryDecoder entry) {
        byte[] bytes = entry.buffer();
        int end = entry.offset() + entry.length();
        int at = entry.offset() + ENTRY_HEADER_LENGTH;
        while (at < end) {
            int word = Bytes.getInt(bytes, at);
            at += SECTION_HEADER_LENGTH;
            int length = word >>> 8;
            boolean concerned = switch (word & 0xFF) {
                case ARGS -> concernsArgs(entry);
                case FIELDS, MDC -> concernsPairs(entry, word & 0xFF);
                case EXCEPTION -> concernsException(entry);
                case CALLER -> concernsTexts(entry.caller());
                case ORIGINAL_LENGTH -> false;
                case TRACE_ID, SPAN_ID -> !isHex(bytes, at, length) && marks.finds(bytes, at, length);
                default -> marks.finds(bytes, at, length);
            };
            if (concerned) {
                return true;
            }
            at += length;
        }
        return false;
    }

    /** An id that is one is no secret, though it may look like a number of a card. */
    private static boolean isHex(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (!Chars.isDigit(bytes[i]) && !(bytes[i] >= 'a' && bytes[i] <= 'f')) {
                return false;
            }
        }
        return length == 16 || length == 32;
    }

    private boolean concernsArgs(EntryDecoder entry) {
        if (concernsValues(entry.args())) {
            return true;
        }
        message.join(entry);
        if (marks.finds(message.bytes(), 0, message.length())) {
            return true;
        }
        for (int i = 0; i < message.count(); i++) {
            if (isKeyed(i)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what stands in front of an argument names it: {@code password={}}, {@code token {}}, or another argument. */
    private boolean isKeyed(int argument) {
        byte[] text = message.bytes();
        int at = message.start(argument);
        int limit = Math.max(0, at - MAX_BETWEEN);
        while (at > limit && BETWEEN.indexOf(text[at - 1]) >= 0) {
            at--;
        }
        int key = at;
        while (key > 0 && at - key < MAX_KEY && (Chars.isWord(text[key - 1]) || text[key - 1] == '.')) {
            key--;
        }
        return key < at && at < message.start(argument) && keys.isSecret(text, key, at);
    }

    private boolean concernsValues(ValueCursor values) {
        while (values.next()) {
            if (concernsValue(values)) {
                return true;
            }
        }
        return false;
    }

    private boolean concernsTexts(ValueCursor values) {
        while (values.next()) {
            if (values.type() == STRING && concernsValue(values)) {
                return true;
            }
        }
        return false;
    }

    private boolean concernsValue(ValueCursor value) {
        if (value.type() == STRING) {
            return marks.finds(value.buffer(), value.textOffset(), value.textLength());
        }
        if (!numbersToo || value.type() != LONG || Math.abs(value.longValue()) < SHORTEST_CARD) {
            return false;
        }
        byte[] digits = Long.toString(value.longValue()).getBytes(StandardCharsets.US_ASCII);
        return marks.finds(digits, 0, digits.length);
    }

    private boolean concernsPairs(EntryDecoder entry, int tag) {
        ValueCursor pairs = entry.pairs(tag);
        while (pairs.next()) {
            boolean secret = keys.isSecret(pairs.buffer(), pairs.textOffset(), pairs.textOffset() + pairs.textLength());
            if (marks.finds(pairs.buffer(), pairs.textOffset(), pairs.textLength())) {
                return true;
            }
            pairs.next();
            if (secret && pairs.type() != NULL && !isMask(pairs) || concernsValue(pairs)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isMask(ValueCursor value) {
        return value.type() == STRING
                && Arrays.equals(
                        value.buffer(),
                        value.textOffset(),
                        value.textOffset() + value.textLength(),
                        EntryWriter.MASK,
                        0,
                        EntryWriter.MASK.length);
    }

    private boolean concernsException(EntryDecoder entry) {
        ExceptionCursor throwables = entry.exception();
        while (throwables.nextThrowable()) {
            if (marks.finds(throwables.buffer(), throwables.classOffset(), throwables.classLength())
                    || throwables.messageLength() > 0
                            && marks.finds(
                                    throwables.buffer(), throwables.messageOffset(), throwables.messageLength())) {
                return true;
            }
            while (throwables.nextFrame()) {
                if (marks.finds(throwables.buffer(), throwables.frameOffset(), throwables.frameLength())) {
                    return true;
                }
            }
        }
        return false;
    }

    private void rewrite(EntryDecoder entry) {
        byte[] bytes = entry.buffer();
        int end = entry.offset() + entry.length();
        int at = entry.offset() + ENTRY_HEADER_LENGTH;
        out.begin();
        out.copy(bytes, entry.offset(), ENTRY_HEADER_LENGTH);
        while (at < end) {
            int tag = bytes[at] & 0xFF;
            int length = Bytes.getInt(bytes, at) >>> 8;
            at += SECTION_HEADER_LENGTH;
            out.beginSection(tag);
            switch (tag) {
                case ARGS -> args(entry);
                case FIELDS, MDC -> pairs(entry, tag);
                case EXCEPTION -> exception(entry);
                case CALLER -> caller(entry.caller());
                case ORIGINAL_LENGTH -> out.copy(bytes, at, length);
                default -> text(entry, tag, at, length);
            }
            out.endSection();
            at += length;
        }
        out.end();
    }

    private void text(EntryDecoder entry, int tag, int offset, int length) {
        byte[] bytes = entry.buffer();
        marks.clear();
        if (tag != TRACE_ID && tag != SPAN_ID || !isHex(bytes, offset, length)) {
            marks.add(bytes, offset, length);
        }
        out.masked(bytes, offset, length, marks, tag == TEMPLATE && entry.argCount() > 0);
        note(name(tag));
    }

    private static String name(int tag) {
        return switch (tag) {
            case LOGGER -> "logger";
            case THREAD_NAME -> "thread";
            case TEMPLATE -> "message";
            case LEVEL_NAME -> "level";
            case MARKER -> "marker";
            case TRACE_ID -> "trace_id";
            case SPAN_ID -> "span_id";
            case BYTES -> "bytes";
            case MODULE -> "module";
            default -> "section " + tag;
        };
    }

    /** What is marked was in the place of that name. */
    private void note(String place) {
        if (places != null && !marks.isEmpty()) {
            places.add(place);
        }
    }

    private void args(EntryDecoder entry) {
        message.join(entry);
        messageMarks.clear();
        messageMarks.add(message.bytes(), 0, message.length());
        out.put(entry.argCount());
        ValueCursor values = entry.args();
        for (int i = 0; values.next(); i++) {
            mark(values);
            if (i < message.count()) {
                marks.add(messageMarks, message.start(i), message.end(i));
                if (isKeyed(i) && values.type() != NULL) {
                    marks.all(Math.max(1, message.end(i) - message.start(i)));
                }
            }
            value(values);
            note("args[" + i + "]");
        }
    }

    /** Of its values only the texts: the line must stay a number. */
    private void caller(ValueCursor values) {
        while (values.next()) {
            marks.clear();
            if (values.type() == STRING) {
                mark(values);
            }
            value(values);
            note("caller");
        }
    }

    /** What the value itself gives away. */
    private void mark(ValueCursor value) {
        marks.clear();
        if (value.type() == STRING) {
            marks.add(value.buffer(), value.textOffset(), value.textLength());
        } else if (concernsValue(value)) {
            marks.all(1);
        }
    }

    /** As it is, or with what is marked of it masked; a number as a whole. */
    private void value(ValueCursor value) {
        switch (value.type()) {
            case STRING -> {
                out.put(STRING);
                out.sized(value.buffer(), value.textOffset(), value.textLength(), marks);
            }
            case LONG, DOUBLE, FLOAT, TRUE, FALSE -> {
                if (marks.isEmpty()) {
                    out.copy(value.buffer(), value.textOffset() - 1, 1 + width(value.type()));
                } else {
                    out.mask();
                }
            }
            default -> out.put(NULL);
        }
    }

    private static int width(int type) {
        return type == LONG || type == DOUBLE ? Long.BYTES : type == FLOAT ? Integer.BYTES : 0;
    }

    private void pairs(EntryDecoder entry, int tag) {
        ValueCursor pairs = entry.pairs(tag);
        int count = pairs.remaining() / 2;
        out.put(count);
        out.put(count >>> 8);
        while (pairs.next()) {
            boolean secret = keys.isSecret(pairs.buffer(), pairs.textOffset(), pairs.textOffset() + pairs.textLength());
            String place = places == null ? "" : (tag == FIELDS ? "field " : "mdc ") + pairs.value();
            mark(pairs);
            value(pairs);
            note(tag == FIELDS ? "key of a field" : "key of the mdc");
            pairs.next();
            mark(pairs);
            if (secret && pairs.type() != NULL) {
                marks.all(Math.max(1, pairs.textLength()));
            }
            if (secret && pairs.type() == STRING && pairs.textLength() == 0) {
                out.mask();
            } else {
                value(pairs);
            }
            note(place);
        }
    }

    private void exception(EntryDecoder entry) {
        byte[] bytes = entry.buffer();
        ExceptionCursor throwables = entry.exception();
        int at = entry.sectionOffset(EXCEPTION);
        out.copy(bytes, at, Short.BYTES);
        at += Short.BYTES;
        while (throwables.nextThrowable()) {
            int header = throwables.classOffset() - 1 - Integer.BYTES - at;
            out.copy(bytes, at, header);
            out.put(STRING);
            sized(bytes, throwables.classOffset(), throwables.classLength());
            at = throwables.classOffset() + throwables.classLength();
            if (throwables.messageLength() < 0) {
                out.put(NULL);
                at++;
            } else {
                out.put(STRING);
                sized(bytes, throwables.messageOffset(), throwables.messageLength());
                at = throwables.messageOffset() + throwables.messageLength();
            }
            while (throwables.nextFrame()) {
                sized(bytes, throwables.frameOffset(), throwables.frameLength());
                at = throwables.frameOffset() + throwables.frameLength();
            }
        }
    }

    private void sized(byte[] bytes, int offset, int length) {
        marks.clear();
        marks.add(bytes, offset, length);
        out.sized(bytes, offset, length, marks);
        note("exception");
    }
}

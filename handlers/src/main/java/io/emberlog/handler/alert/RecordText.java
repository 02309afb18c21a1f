package io.emberlog.handler.alert;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ExceptionCursor;
import io.emberlog.message.ValueCursor;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/**
 * Parts of a record as text of a bounded length. Control characters, line ends and bidi controls of the content are escaped, so a
 * text is one line but where this class ends one. One thread.
 */
final class RecordText {
    private static final int FRAMES_OF_ROOT = 8;
    private static final int FRAMES_OF_CAUSE = 3;
    private static final int MOST_THROWABLES = 6;

    /** What a buffer keeps from one record to the next. */
    private static final int KEPT_BYTES = 64 * 1024;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private Utf8Buffer buffer = new Utf8Buffer(1024);

    /** The message and the fields on one line. */
    String message(EntryDecoder entry, int mostCharacters) {
        Utf8Buffer out = cleared();
        MessageRenderer.render(entry, Escaper.LINE, out);
        if (out.isEmpty() && entry.has(BYTES)) {
            out.append("(" + entry.sectionLength(BYTES) + " bytes)");
        }
        if (entry.has(FIELDS)) {
            fields(entry.pairs(FIELDS), out);
        }
        return cut(out.toString(), mostCharacters);
    }

    private static void fields(ValueCursor pairs, Utf8Buffer out) {
        while (pairs.next()) {
            out.append(' ');
            MessageRenderer.appendValue(pairs, Escaper.LINE, out);
            out.append('=');
            pairs.next();
            MessageRenderer.appendValue(pairs, Escaper.LINE, out);
        }
    }

    /** Classes, messages and the first frames, each on a line of its own; empty without an exception. */
    String exception(EntryDecoder entry, int mostCharacters) {
        if (!entry.has(EXCEPTION)) {
            return "";
        }
        Utf8Buffer out = cleared();
        ExceptionCursor cursor = entry.exception();
        for (int i = 0; cursor.nextThrowable(); i++) {
            if (i == MOST_THROWABLES) {
                out.append("\n...");
                break;
            }
            throwable(cursor, i == 0 ? FRAMES_OF_ROOT : FRAMES_OF_CAUSE, i == 0, out);
        }
        return cut(out.toString(), mostCharacters);
    }

    private static void throwable(ExceptionCursor cursor, int mostFrames, boolean isFirst, Utf8Buffer out) {
        if (!isFirst) {
            out.append('\n');
        }
        switch (cursor.kind()) {
            case CAUSE -> out.append("Caused by: ");
            case SUPPRESSED -> out.append("Suppressed: ");
            case CIRCULAR -> out.append("Circular: ");
            default -> {
                // the first one stands bare
            }
        }
        Escaper.LINE.append(out, cursor.buffer(), cursor.classOffset(), cursor.classLength());
        if (cursor.messageLength() >= 0) {
            out.append(": ");
            Escaper.LINE.append(out, cursor.buffer(), cursor.messageOffset(), cursor.messageLength());
        }
        int frames = 0;
        while (cursor.nextFrame()) {
            if (frames++ < mostFrames) {
                out.append("\n    at ");
                Escaper.LINE.append(out, cursor.buffer(), cursor.frameOffset(), cursor.frameLength());
            }
        }
        int more = Math.max(0, frames - mostFrames) + cursor.framesInCommon();
        if (more > 0) {
            out.append("\n    ... " + more + " more");
        }
    }

    /** Empty when absent. */
    String section(EntryDecoder entry, int tag, int mostCharacters) {
        if (!entry.has(tag)) {
            return "";
        }
        Utf8Buffer out = cleared();
        Escaper.LINE.append(out, entry.buffer(), entry.sectionOffset(tag), entry.sectionLength(tag));
        return cut(out.toString(), mostCharacters);
    }

    String level(EntryDecoder entry) {
        return entry.has(LEVEL_NAME) ? section(entry, LEVEL_NAME, 32) : entry.levelName();
    }

    /** {@code name@host}. */
    String worker(WorkerIdentity worker, int mostCharacters) {
        return cut(line(worker.host().isEmpty() ? worker.name() : worker.name() + '@' + worker.host()), mostCharacters);
    }

    /** {@code 10:30:45.123 INFO com.acme.Orders - message}. */
    String breadcrumb(EntryDecoder entry, int mostCharacters) {
        String logger = section(entry, LOGGER, 60);
        String head = TIME.format(instant(entry.timestampNs()))
                + ' '
                + level(entry)
                + ' '
                + logger
                + (logger.isEmpty() ? "- " : " - ");
        String text = message(entry, mostCharacters);
        if (entry.has(EXCEPTION)) {
            String exception = exception(entry, mostCharacters);
            int end = exception.indexOf('\n');
            text += " | " + (end < 0 ? exception : exception.substring(0, end));
        }
        return cut(head + text, mostCharacters);
    }

    private String line(String text) {
        Utf8Buffer out = cleared();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Escaper.LINE.append(out, bytes, 0, bytes.length);
        return out.toString();
    }

    private Utf8Buffer cleared() {
        if (buffer.bytes().length > KEPT_BYTES) {
            buffer = new Utf8Buffer(1024);
        }
        buffer.clear();
        return buffer;
    }

    static Instant instant(long epochNs) {
        return Instant.ofEpochSecond(
                Math.floorDiv(epochNs, TimeUnit.SECONDS.toNanos(1)),
                Math.floorMod(epochNs, TimeUnit.SECONDS.toNanos(1)));
    }

    /** To so many characters of Unicode; says what it had. */
    static String cut(String text, int mostCharacters) {
        if (text.length() <= mostCharacters) {
            return text;
        }
        int characters = text.codePointCount(0, text.length());
        if (characters <= mostCharacters) {
            return text;
        }
        String note = "... [cut from " + characters + " characters]";
        int kept = Math.max(0, mostCharacters - note.length());
        return text.substring(0, text.offsetByCodePoints(0, kept)) + note;
    }
}

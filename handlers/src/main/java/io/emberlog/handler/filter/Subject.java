package io.emberlog.handler.filter;

import io.emberlog.message.MessageDescriptor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a name stands for; fields and the MDC have names of their own ({@link PairCondition}). */
enum Subject {
    LEVEL(Kind.LEVEL),
    TIME(Kind.TIME),
    WORKER(Kind.TEXT),
    SERVICE(Kind.TEXT),
    HOST(Kind.TEXT),
    PROCESS(Kind.TEXT),
    PID(Kind.NUMBER),
    SEQUENCE(Kind.NUMBER),
    LOGGER(MessageDescriptor.LOGGER),
    THREAD(MessageDescriptor.THREAD_NAME),
    THREAD_ID(Kind.NUMBER),
    MESSAGE(Kind.TEXT),
    TEMPLATE(MessageDescriptor.TEMPLATE),
    MARKER(MessageDescriptor.MARKER),
    MODULE(MessageDescriptor.MODULE),
    TRACE_ID(MessageDescriptor.TRACE_ID),
    SPAN_ID(MessageDescriptor.SPAN_ID),
    EXCEPTION(Kind.TEXT),
    BYTES(Kind.PRESENCE);

    /** What it can be compared with. */
    enum Kind {
        LEVEL,
        TIME,
        TEXT,
        NUMBER,
        /** With nothing: {@code has(...)} alone. */
        PRESENCE
    }

    final Kind kind;
    /** The section that is the text; -1 where it is none or more than that. */
    final int tag;

    final String text = name().toLowerCase(Locale.ROOT);

    Subject(Kind kind) {
        this.kind = kind;
        tag = -1;
    }

    Subject(int tag) {
        kind = Kind.TEXT;
        this.tag = tag;
    }

    static Optional<Subject> of(String name) {
        return Arrays.stream(values())
                .filter(subject -> subject.text.equals(name))
                .findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(subject -> subject.text).toList();
    }

    /** Whether it is the same for all records of a worker. */
    boolean isOfWorker() {
        return switch (this) {
            case WORKER, SERVICE, HOST, PROCESS, PID -> true;
            default -> false;
        };
    }

    /** Whether {@code has(...)} can be false of it. */
    boolean mayBeAbsent() {
        return kind == Kind.PRESENCE || kind == Kind.TEXT && this != WORKER;
    }
}

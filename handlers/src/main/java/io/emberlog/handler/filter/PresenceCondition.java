package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;

/** {@code has(marker)}: whether the record carries it, and not as an empty text. */
record PresenceCondition(Subject subject) implements Condition {
    @Override
    public boolean holds(LogRecord record) {
        EntryDecoder entry = record.entry();
        return switch (subject) {
            case SERVICE -> !record.worker().service().isEmpty();
            case HOST -> !record.worker().host().isEmpty();
            case PROCESS -> !record.worker().process().isEmpty();
            case MESSAGE -> entry.sectionLength(MessageDescriptor.TEMPLATE) > 0;
            case EXCEPTION -> entry.has(MessageDescriptor.EXCEPTION);
            case BYTES -> entry.has(MessageDescriptor.BYTES);
            default -> entry.sectionLength(subject.tag) > 0;
        };
    }

    @Override
    public void print(StringBuilder out) {
        out.append("has(").append(subject.text).append(')');
    }
}

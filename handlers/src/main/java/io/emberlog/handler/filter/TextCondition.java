package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ExceptionCursor;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;

/**
 * A text of the record: {@code logger ~ "com.acme.*"}. One that is absent is the empty text. Of an exception each throwable counts,
 * causes and suppressed ones too, with its class and with {@code class: message}; one that matches is enough.
 */
record TextCondition(Subject subject, Operator operator, String value, TextTest test) implements Condition {
    private static final byte[] NOTHING = {};

    @Override
    public boolean holds(LogRecord record) {
        return matches(record) != (operator == Operator.UNEQUAL);
    }

    private boolean matches(LogRecord record) {
        return switch (subject) {
            case WORKER -> test.matches(record.worker().name());
            case SERVICE -> test.matches(record.worker().service());
            case HOST -> test.matches(record.worker().host());
            case PROCESS -> test.matches(record.worker().process());
            case LEVEL ->
                record.entry().has(MessageDescriptor.LEVEL_NAME)
                        ? section(record.entry(), MessageDescriptor.LEVEL_NAME)
                        : test.matches(
                                Level.canonical(record.entry().severity()).name());
            case MESSAGE -> message(record.entry());
            case EXCEPTION -> exception(record.entry());
            default -> section(record.entry(), subject.tag);
        };
    }

    private boolean section(EntryDecoder entry, int tag) {
        return entry.has(tag)
                ? test.matches(entry.buffer(), entry.sectionOffset(tag), entry.sectionLength(tag))
                : test.matches(NOTHING, 0, 0);
    }

    private boolean message(EntryDecoder entry) {
        if (entry.argCount() == 0 && !(test instanceof TextTest.Regex)) {
            return section(entry, MessageDescriptor.TEMPLATE);
        }
        Utf8Buffer message = new Utf8Buffer(256);
        MessageRenderer.render(entry, Escaper.RAW, message);
        return test.matches(message.bytes(), 0, message.length());
    }

    private boolean exception(EntryDecoder entry) {
        if (!entry.has(MessageDescriptor.EXCEPTION)) {
            return test.matches(NOTHING, 0, 0);
        }
        ExceptionCursor throwables = entry.exception();
        Utf8Buffer text = new Utf8Buffer(256);
        while (throwables.nextThrowable()) {
            if (test.matches(throwables.buffer(), throwables.classOffset(), throwables.classLength())) {
                return true;
            }
            if (throwables.messageLength() >= 0) {
                text.clear();
                Escaper.RAW.append(text, throwables.buffer(), throwables.classOffset(), throwables.classLength());
                text.append(": ");
                Escaper.RAW.append(text, throwables.buffer(), throwables.messageOffset(), throwables.messageLength());
                if (test.matches(text.bytes(), 0, text.length())) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void print(StringBuilder out) {
        out.append(subject.text).append(' ').append(operator.text).append(' ').append(FilterExpression.quote(value));
    }
}

package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;

/** {@code pid = 4711}, {@code sequence >= 1000}. A record without a number yet has no sequence, and only {@code !=} holds of it. */
record NumberCondition(Subject subject, Operator operator, NumberValue value) implements Condition {
    @Override
    public boolean holds(LogRecord record) {
        long number = switch (subject) {
            case PID -> record.worker().pid();
            case THREAD_ID -> record.entry().threadId();
            default -> record.sequence();
        };
        return subject == Subject.SEQUENCE && number == LogRecord.UNNUMBERED
                ? operator == Operator.UNEQUAL
                : operator.holds(value.compareFrom(number));
    }

    @Override
    public void print(StringBuilder out) {
        out.append(subject.text).append(' ').append(operator.text).append(' ').append(value.text());
    }
}

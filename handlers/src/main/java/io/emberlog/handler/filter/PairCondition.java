package io.emberlog.handler.filter;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.ValueCursor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A key of the fields or of the MDC: {@code field.venue = "XETRA"}, {@code mdc.user ~ "a*"}, {@code field.latency_ms > 100}, {@code
 * has(field.venue)}. Where the key stands more than once, one value that matches is enough. Where it is absent only {@code !=}
 * holds. Compared with a number, a text counts as one if it is one; compared with a text, a number counts as it is printed.
 */
final class PairCondition implements Condition {
    static final String FIELD = "field.";
    static final String MDC_PREFIX = "mdc.";

    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?");

    private final int tag;
    private final String key;
    private final byte[] utf8;
    /** Null: whether it is there. */
    private final Operator operator;

    private final String text;
    private final TextTest test;
    private final NumberValue number;

    private PairCondition(int tag, String key, Operator operator, String text, TextTest test, NumberValue number) {
        this.tag = tag;
        this.key = key;
        this.operator = operator;
        this.text = text;
        this.test = test;
        this.number = number;
        utf8 = key.getBytes(StandardCharsets.UTF_8);
    }

    static PairCondition present(int tag, String key) {
        return new PairCondition(tag, key, null, null, null, null);
    }

    static PairCondition text(int tag, String key, Operator operator, String text, TextTest test) {
        return new PairCondition(tag, key, operator, text, test, null);
    }

    static PairCondition number(int tag, String key, Operator operator, NumberValue number) {
        return new PairCondition(tag, key, operator, null, null, number);
    }

    @Override
    public boolean holds(LogRecord record) {
        return isMet(record) != (operator == Operator.UNEQUAL);
    }

    private boolean isMet(LogRecord record) {
        ValueCursor pairs = record.entry().pairs(tag);
        while (pairs.next()) {
            boolean same = pairs.textLength() == utf8.length
                    && Arrays.equals(
                            pairs.buffer(), pairs.textOffset(), pairs.textOffset() + utf8.length, utf8, 0, utf8.length);
            pairs.next();
            if (same && isMetBy(pairs)) {
                return true;
            }
        }
        return false;
    }

    private boolean isMetBy(ValueCursor value) {
        if (operator == null) {
            return true;
        }
        if (number != null) {
            int comparison = comparison(value);
            Operator asked = operator == Operator.UNEQUAL ? Operator.EQUAL : operator;
            return comparison != NumberValue.NEITHER && asked.holds(comparison);
        }
        if (value.type() == STRING) {
            return test.matches(value.buffer(), value.textOffset(), value.textLength());
        }
        Utf8Buffer printed = new Utf8Buffer(32);
        MessageRenderer.appendValue(value, Escaper.RAW, printed);
        return test.matches(printed.bytes(), 0, printed.length());
    }

    private int comparison(ValueCursor value) {
        return switch (value.type()) {
            case LONG -> number.compareFrom(value.longValue());
            case DOUBLE -> number.compareFrom(value.doubleValue());
            case FLOAT -> number.compareFrom((double) value.floatValue());
            case STRING -> number.compareFrom(value.buffer(), value.textOffset(), value.textLength());
            default -> NumberValue.NEITHER;
        };
    }

    @Override
    public void print(StringBuilder out) {
        out.append(operator == null ? "has(" : "").append(tag == FIELDS ? FIELD : MDC_PREFIX);
        out.append(PLAIN_KEY.matcher(key).matches() ? key : FilterExpression.quote(key));
        if (operator == null) {
            out.append(')');
        } else {
            out.append(' ').append(operator.text).append(' ');
            out.append(number == null ? FilterExpression.quote(text) : number.text());
        }
    }
}

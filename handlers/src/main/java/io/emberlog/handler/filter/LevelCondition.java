package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.Level;
import java.util.Locale;

/** {@code level >= warn}: by severity, whatever its name. */
record LevelCondition(Operator operator, int severity) implements Condition {
    @Override
    public boolean holds(LogRecord record) {
        return operator.holds(Integer.compare(record.entry().severity(), severity));
    }

    @Override
    public void print(StringBuilder out) {
        Level canonical = Level.canonical(severity);
        boolean named = operator.isOrder() && canonical.severity() == severity;
        out.append("level ").append(operator.text).append(' ');
        out.append(named ? canonical.name().toLowerCase(Locale.ROOT) : Integer.toString(severity));
    }
}

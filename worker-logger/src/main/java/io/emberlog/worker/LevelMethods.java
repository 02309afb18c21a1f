package io.emberlog.worker;

import io.emberlog.message.Level;

/**
 * The level methods of a {@link WorkerLogger}: for each built-in level the same sixteen forms. All return true when the
 * record is ringed, that is, when it survives the death of this process; false when the level is disabled, the logger
 * closed, or the record could not be taken (then it is counted, see {@link WorkerLogger#metrics}). None throws, none
 * waits but under a {@code block} policy, and none but those with {@code Object...} makes garbage, unless it has to call
 * {@code toString} on an argument.
 *
 * <p>The form with one string is literal: <code>{}</code> in it stays as it is. A {@code Throwable} that is the last
 * argument and has no <code>{}</code> is the record's exception.
 *
 * <p>In the two-argument forms Java widens a {@code char} to its number and a {@code float} to a {@code double}; where
 * that matters, use the fluent form ({@link LogEntry#arg(char)}).
 */
abstract sealed class LevelMethods permits WorkerLogger, LogBatch {
    /** Logs at that level; the text is literal. A null level is INFO. */
    public abstract boolean log(Level level, String text);

    /** Logs at that level; null arguments are one null. A null level is INFO. */
    public abstract boolean log(Level level, String template, Object... args);

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, long a) {
        return append(level, template, ValueList.LONG, a, null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, double a) {
        return append(level, template, ValueList.DOUBLE, Double.doubleToRawLongBits(a), null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, Object a) {
        return append(level, template, ValueList.OBJECT, 0, a);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, char a) {
        return append(level, template, ValueList.CHAR, a, null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, float a) {
        return append(level, template, ValueList.FLOAT, Float.floatToRawIntBits(a), null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, long a, long b) {
        return append(level, template, ValueList.LONG, a, null, ValueList.LONG, b, null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, long a, double b) {
        return append(level, template, ValueList.LONG, a, null, ValueList.DOUBLE, Double.doubleToRawLongBits(b), null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, long a, Object b) {
        return append(level, template, ValueList.LONG, a, null, ValueList.OBJECT, 0, b);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, double a, long b) {
        return append(level, template, ValueList.DOUBLE, Double.doubleToRawLongBits(a), null, ValueList.LONG, b, null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, double a, double b) {
        return append(
                level,
                template,
                ValueList.DOUBLE,
                Double.doubleToRawLongBits(a),
                null,
                ValueList.DOUBLE,
                Double.doubleToRawLongBits(b),
                null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, double a, Object b) {
        return append(level, template, ValueList.DOUBLE, Double.doubleToRawLongBits(a), null, ValueList.OBJECT, 0, b);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, Object a, long b) {
        return append(level, template, ValueList.OBJECT, 0, a, ValueList.LONG, b, null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, Object a, double b) {
        return append(level, template, ValueList.OBJECT, 0, a, ValueList.DOUBLE, Double.doubleToRawLongBits(b), null);
    }

    /** Logs at that level. A null level is INFO. */
    public final boolean log(Level level, String template, Object a, Object b) {
        return append(level, template, ValueList.OBJECT, 0, a, ValueList.OBJECT, 0, b);
    }

    /** Logs at TRACE; the text is literal. */
    public final boolean trace(String text) {
        return log(Level.TRACE, text);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, Object... args) {
        return log(Level.TRACE, template, args);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, long a) {
        return log(Level.TRACE, template, a);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, double a) {
        return log(Level.TRACE, template, a);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, Object a) {
        return log(Level.TRACE, template, a);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, char a) {
        return log(Level.TRACE, template, a);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, float a) {
        return log(Level.TRACE, template, a);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, long a, long b) {
        return log(Level.TRACE, template, a, b);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, long a, double b) {
        return log(Level.TRACE, template, a, b);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, long a, Object b) {
        return log(Level.TRACE, template, a, b);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, double a, long b) {
        return log(Level.TRACE, template, a, b);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, double a, double b) {
        return log(Level.TRACE, template, a, b);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, double a, Object b) {
        return log(Level.TRACE, template, a, b);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, Object a, long b) {
        return log(Level.TRACE, template, a, b);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, Object a, double b) {
        return log(Level.TRACE, template, a, b);
    }

    /** Logs at TRACE. */
    public final boolean trace(String template, Object a, Object b) {
        return log(Level.TRACE, template, a, b);
    }

    /** Logs at DEBUG; the text is literal. */
    public final boolean debug(String text) {
        return log(Level.DEBUG, text);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, Object... args) {
        return log(Level.DEBUG, template, args);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, long a) {
        return log(Level.DEBUG, template, a);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, double a) {
        return log(Level.DEBUG, template, a);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, Object a) {
        return log(Level.DEBUG, template, a);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, char a) {
        return log(Level.DEBUG, template, a);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, float a) {
        return log(Level.DEBUG, template, a);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, long a, long b) {
        return log(Level.DEBUG, template, a, b);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, long a, double b) {
        return log(Level.DEBUG, template, a, b);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, long a, Object b) {
        return log(Level.DEBUG, template, a, b);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, double a, long b) {
        return log(Level.DEBUG, template, a, b);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, double a, double b) {
        return log(Level.DEBUG, template, a, b);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, double a, Object b) {
        return log(Level.DEBUG, template, a, b);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, Object a, long b) {
        return log(Level.DEBUG, template, a, b);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, Object a, double b) {
        return log(Level.DEBUG, template, a, b);
    }

    /** Logs at DEBUG. */
    public final boolean debug(String template, Object a, Object b) {
        return log(Level.DEBUG, template, a, b);
    }

    /** Logs at INFO; the text is literal. */
    public final boolean info(String text) {
        return log(Level.INFO, text);
    }

    /** Logs at INFO. */
    public final boolean info(String template, Object... args) {
        return log(Level.INFO, template, args);
    }

    /** Logs at INFO. */
    public final boolean info(String template, long a) {
        return log(Level.INFO, template, a);
    }

    /** Logs at INFO. */
    public final boolean info(String template, double a) {
        return log(Level.INFO, template, a);
    }

    /** Logs at INFO. */
    public final boolean info(String template, Object a) {
        return log(Level.INFO, template, a);
    }

    /** Logs at INFO. */
    public final boolean info(String template, char a) {
        return log(Level.INFO, template, a);
    }

    /** Logs at INFO. */
    public final boolean info(String template, float a) {
        return log(Level.INFO, template, a);
    }

    /** Logs at INFO. */
    public final boolean info(String template, long a, long b) {
        return log(Level.INFO, template, a, b);
    }

    /** Logs at INFO. */
    public final boolean info(String template, long a, double b) {
        return log(Level.INFO, template, a, b);
    }

    /** Logs at INFO. */
    public final boolean info(String template, long a, Object b) {
        return log(Level.INFO, template, a, b);
    }

    /** Logs at INFO. */
    public final boolean info(String template, double a, long b) {
        return log(Level.INFO, template, a, b);
    }

    /** Logs at INFO. */
    public final boolean info(String template, double a, double b) {
        return log(Level.INFO, template, a, b);
    }

    /** Logs at INFO. */
    public final boolean info(String template, double a, Object b) {
        return log(Level.INFO, template, a, b);
    }

    /** Logs at INFO. */
    public final boolean info(String template, Object a, long b) {
        return log(Level.INFO, template, a, b);
    }

    /** Logs at INFO. */
    public final boolean info(String template, Object a, double b) {
        return log(Level.INFO, template, a, b);
    }

    /** Logs at INFO. */
    public final boolean info(String template, Object a, Object b) {
        return log(Level.INFO, template, a, b);
    }

    /** Logs at NOTICE; the text is literal. */
    public final boolean notice(String text) {
        return log(Level.NOTICE, text);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, Object... args) {
        return log(Level.NOTICE, template, args);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, long a) {
        return log(Level.NOTICE, template, a);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, double a) {
        return log(Level.NOTICE, template, a);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, Object a) {
        return log(Level.NOTICE, template, a);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, char a) {
        return log(Level.NOTICE, template, a);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, float a) {
        return log(Level.NOTICE, template, a);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, long a, long b) {
        return log(Level.NOTICE, template, a, b);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, long a, double b) {
        return log(Level.NOTICE, template, a, b);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, long a, Object b) {
        return log(Level.NOTICE, template, a, b);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, double a, long b) {
        return log(Level.NOTICE, template, a, b);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, double a, double b) {
        return log(Level.NOTICE, template, a, b);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, double a, Object b) {
        return log(Level.NOTICE, template, a, b);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, Object a, long b) {
        return log(Level.NOTICE, template, a, b);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, Object a, double b) {
        return log(Level.NOTICE, template, a, b);
    }

    /** Logs at NOTICE. */
    public final boolean notice(String template, Object a, Object b) {
        return log(Level.NOTICE, template, a, b);
    }

    /** Logs at WARN; the text is literal. */
    public final boolean warn(String text) {
        return log(Level.WARN, text);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, Object... args) {
        return log(Level.WARN, template, args);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, long a) {
        return log(Level.WARN, template, a);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, double a) {
        return log(Level.WARN, template, a);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, Object a) {
        return log(Level.WARN, template, a);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, char a) {
        return log(Level.WARN, template, a);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, float a) {
        return log(Level.WARN, template, a);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, long a, long b) {
        return log(Level.WARN, template, a, b);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, long a, double b) {
        return log(Level.WARN, template, a, b);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, long a, Object b) {
        return log(Level.WARN, template, a, b);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, double a, long b) {
        return log(Level.WARN, template, a, b);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, double a, double b) {
        return log(Level.WARN, template, a, b);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, double a, Object b) {
        return log(Level.WARN, template, a, b);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, Object a, long b) {
        return log(Level.WARN, template, a, b);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, Object a, double b) {
        return log(Level.WARN, template, a, b);
    }

    /** Logs at WARN. */
    public final boolean warn(String template, Object a, Object b) {
        return log(Level.WARN, template, a, b);
    }

    /** Logs at ERROR; the text is literal. */
    public final boolean error(String text) {
        return log(Level.ERROR, text);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, Object... args) {
        return log(Level.ERROR, template, args);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, long a) {
        return log(Level.ERROR, template, a);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, double a) {
        return log(Level.ERROR, template, a);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, Object a) {
        return log(Level.ERROR, template, a);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, char a) {
        return log(Level.ERROR, template, a);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, float a) {
        return log(Level.ERROR, template, a);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, long a, long b) {
        return log(Level.ERROR, template, a, b);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, long a, double b) {
        return log(Level.ERROR, template, a, b);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, long a, Object b) {
        return log(Level.ERROR, template, a, b);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, double a, long b) {
        return log(Level.ERROR, template, a, b);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, double a, double b) {
        return log(Level.ERROR, template, a, b);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, double a, Object b) {
        return log(Level.ERROR, template, a, b);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, Object a, long b) {
        return log(Level.ERROR, template, a, b);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, Object a, double b) {
        return log(Level.ERROR, template, a, b);
    }

    /** Logs at ERROR. */
    public final boolean error(String template, Object a, Object b) {
        return log(Level.ERROR, template, a, b);
    }

    /** Logs at CRITICAL; the text is literal. */
    public final boolean critical(String text) {
        return log(Level.CRITICAL, text);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, Object... args) {
        return log(Level.CRITICAL, template, args);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, long a) {
        return log(Level.CRITICAL, template, a);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, double a) {
        return log(Level.CRITICAL, template, a);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, Object a) {
        return log(Level.CRITICAL, template, a);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, char a) {
        return log(Level.CRITICAL, template, a);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, float a) {
        return log(Level.CRITICAL, template, a);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, long a, long b) {
        return log(Level.CRITICAL, template, a, b);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, long a, double b) {
        return log(Level.CRITICAL, template, a, b);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, long a, Object b) {
        return log(Level.CRITICAL, template, a, b);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, double a, long b) {
        return log(Level.CRITICAL, template, a, b);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, double a, double b) {
        return log(Level.CRITICAL, template, a, b);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, double a, Object b) {
        return log(Level.CRITICAL, template, a, b);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, Object a, long b) {
        return log(Level.CRITICAL, template, a, b);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, Object a, double b) {
        return log(Level.CRITICAL, template, a, b);
    }

    /** Logs at CRITICAL. */
    public final boolean critical(String template, Object a, Object b) {
        return log(Level.CRITICAL, template, a, b);
    }

    /** Logs at ALERT; the text is literal. */
    public final boolean alert(String text) {
        return log(Level.ALERT, text);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, Object... args) {
        return log(Level.ALERT, template, args);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, long a) {
        return log(Level.ALERT, template, a);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, double a) {
        return log(Level.ALERT, template, a);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, Object a) {
        return log(Level.ALERT, template, a);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, char a) {
        return log(Level.ALERT, template, a);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, float a) {
        return log(Level.ALERT, template, a);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, long a, long b) {
        return log(Level.ALERT, template, a, b);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, long a, double b) {
        return log(Level.ALERT, template, a, b);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, long a, Object b) {
        return log(Level.ALERT, template, a, b);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, double a, long b) {
        return log(Level.ALERT, template, a, b);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, double a, double b) {
        return log(Level.ALERT, template, a, b);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, double a, Object b) {
        return log(Level.ALERT, template, a, b);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, Object a, long b) {
        return log(Level.ALERT, template, a, b);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, Object a, double b) {
        return log(Level.ALERT, template, a, b);
    }

    /** Logs at ALERT. */
    public final boolean alert(String template, Object a, Object b) {
        return log(Level.ALERT, template, a, b);
    }

    /** Logs at EMERGENCY; the text is literal. */
    public final boolean emergency(String text) {
        return log(Level.EMERGENCY, text);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, Object... args) {
        return log(Level.EMERGENCY, template, args);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, long a) {
        return log(Level.EMERGENCY, template, a);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, double a) {
        return log(Level.EMERGENCY, template, a);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, Object a) {
        return log(Level.EMERGENCY, template, a);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, char a) {
        return log(Level.EMERGENCY, template, a);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, float a) {
        return log(Level.EMERGENCY, template, a);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, long a, long b) {
        return log(Level.EMERGENCY, template, a, b);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, long a, double b) {
        return log(Level.EMERGENCY, template, a, b);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, long a, Object b) {
        return log(Level.EMERGENCY, template, a, b);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, double a, long b) {
        return log(Level.EMERGENCY, template, a, b);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, double a, double b) {
        return log(Level.EMERGENCY, template, a, b);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, double a, Object b) {
        return log(Level.EMERGENCY, template, a, b);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, Object a, long b) {
        return log(Level.EMERGENCY, template, a, b);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, Object a, double b) {
        return log(Level.EMERGENCY, template, a, b);
    }

    /** Logs at EMERGENCY. */
    public final boolean emergency(String template, Object a, Object b) {
        return log(Level.EMERGENCY, template, a, b);
    }

    /** One argument: a kind of {@link ValueList}, and its bits or the object. */
    abstract boolean append(Level level, String template, int kind, long bits, Object object);

    /** Two arguments. */
    abstract boolean append(
            Level level, String template, int kindA, long bitsA, Object a, int kindB, long bitsB, Object b);
}

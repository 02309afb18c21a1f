package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.Bytes;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import java.util.Collection;
import java.util.List;

/**
 * Which records are wanted, as one writes it: {@code level >= warn and worker ~ "md-*" and not field.venue = "XETRA"}. The answer
 * depends on the record alone. Immutable; any thread. Makes no garbage for conditions on level, logger, worker, service, host,
 * process, numbers and has().
 *
 * <pre>{@code
 * expression = all , { "or" , all } ;
 * all        = part , { "and" , part } ;
 * part       = "not" , part | "(" , expression , ")" | condition ;
 * condition  = "true" | "false" | "has" , "(" , ( text | pair | "bytes" ) , ")"
 *            | "level" , ( "=" | "!=" | order ) , ( level | number ) | "level" , pattern , string
 *            | "time" , ( "=" | "!=" | order ) , string
 *            | ( "pid" | "thread_id" | "sequence" ) , ( "=" | "!=" | order ) , number
 *            | text , ( "=" | "!=" | pattern ) , string
 *            | pair , ( "=" | "!=" ) , ( number | string | "true" | "false" )
 *            | pair , order , number | pair , pattern , string ;
 * text       = "worker" | "service" | "host" | "process" | "logger" | "thread" | "message" | "template"
 *            | "marker" | "module" | "trace_id" | "span_id" | "exception" ;
 * pair       = ( "field." | "mdc." ) , ( key | string ) ;       (* nothing between the dot and the string *)
 * order      = ">" | ">=" | "<" | "<=" ;
 * pattern    = "~" | "=~" ;                                     (* glob: * and ?; RE2, found anywhere *)
 * string     = '"' , { character | "\" , escape } , '"' | "'" , { character - "'" } , "'" ;
 * escape     = '"' | "\" | "n" | "r" | "t" | "u" , 4 * hexadecimal digit ;
 * key        = letter, digit or "_" , { letter, digit, "_", "-" or "." } ;
 * level      = a name as settings have it, or a string "NAME:SEVERITY" ;
 * number     = [ "-" ] , digits , [ "." , digits ] , [ "e" , [ "+" | "-" ] , digits ] ;
 * }</pre>
 *
 * <p>At most 8,192 characters, 200 conditions, 50 levels of nesting, and regular expressions of a million steps together.
 */
public final class FilterExpression {
    /** Wants every record. */
    public static final FilterExpression ALL = new FilterExpression(Logic.TRUE);

    private final Condition condition;
    private final String text;

    private FilterExpression(Condition condition) {
        this.condition = condition;
        StringBuilder printed = new StringBuilder();
        condition.print(printed);
        text = printed.toString();
    }

    /** @throws FilterSyntaxException saying where it is wrong, and what is allowed there */
    public static FilterExpression parse(String text) {
        return new FilterExpression(FilterParser.parse(text, false));
    }

    /**
     * Of the names only worker, service, host, process and pid: for {@link #acceptsWorker}.
     *
     * @throws FilterSyntaxException saying where it is wrong, and what is allowed there
     */
    public static FilterExpression ofWorkers(String text) {
        return new FilterExpression(FilterParser.parse(text, true));
    }

    /** All of them must hold. */
    static FilterExpression of(List<Condition> conditions) {
        return new FilterExpression(Logic.allOf(conditions));
    }

    /** What all of them want; {@link #ALL} of none. */
    public static FilterExpression allOf(Collection<FilterExpression> expressions) {
        return of(expressions.stream().map(each -> each.condition).toList());
    }

    public boolean accepts(LogRecord record) {
        return condition.holds(record);
    }

    /** Allocates. Of an expression that {@link #ofWorkers} made. */
    public boolean acceptsWorker(WorkerIdentity worker) {
        byte[] nothing = new byte[MessageDescriptor.ENTRY_HEADER_LENGTH];
        Bytes.putInt(nothing, 0, nothing.length);
        EntryDecoder entry = new EntryDecoder();
        if (!entry.wrap(nothing, 0, nothing.length)) {
            throw new IllegalStateException("an entry without sections is one");
        }
        LogRecord record = new LogRecord();
        record.wrap(worker, 0, 0, LogRecord.UNNUMBERED, entry);
        return condition.holds(record);
    }

    /** The part that decides against the record, as it is printed; null when nothing does. */
    public String refusal(LogRecord record) {
        if (condition.holds(record)) {
            return null;
        }
        StringBuilder printed = new StringBuilder();
        condition.culprit(record).print(printed);
        return printed.toString();
    }

    /** A text as it stands in an expression, in double quotes. */
    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7F && c < 0xA0 || isOddOrFormat(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** What a terminal, or an encoding, could make something else of. */
    private static boolean isOddOrFormat(char c) {
        int type = Character.getType(c);
        return type == Character.FORMAT || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR;
    }

    /** Reads as an equivalent expression. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FilterExpression expression && text.equals(expression.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}

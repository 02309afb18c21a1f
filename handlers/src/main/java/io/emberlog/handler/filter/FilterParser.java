package io.emberlog.handler.filter;

import io.emberlog.handler.SettingText;
import io.emberlog.handler.Suggestion;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reads one expression by the grammar of {@link FilterExpression}. One thread, once. */
final class FilterParser {
    static final int MAX_LENGTH = 8_192;
    static final int MAX_DEPTH = 50;
    static final int MAX_CONDITIONS = 200;

    private static final String VALUES = "a number, or a text in quotes, like \"XETRA\"";

    private final String text;
    private final Lexer lexer;
    private final boolean workersOnly;
    private Token token;
    private int depth;
    private int conditions;
    private long regexSize;

    private FilterParser(String text, boolean workersOnly) {
        this.text = text;
        this.workersOnly = workersOnly;
        lexer = new Lexer(text);
    }

    /** @param workersOnly takes only names of what a worker is */
    static Condition parse(String text, boolean workersOnly) {
        if (text.length() > MAX_LENGTH) {
            throw new FilterSyntaxException(
                    text, MAX_LENGTH, "the expression goes on; allowed: " + MAX_LENGTH + " characters", null);
        }
        FilterParser parser = new FilterParser(text, workersOnly);
        parser.advance();
        Condition whole = parser.anyOf();
        if (!parser.token.is(Token.Kind.END)) {
            throw parser.wrong("here stands " + parser.found() + "; allowed: and, or, the end");
        }
        return whole;
    }

    private Condition anyOf() {
        List<Condition> parts = new ArrayList<>(List.of(allOf()));
        while (token.isWord("or")) {
            advance();
            parts.add(allOf());
        }
        return Logic.anyOf(parts);
    }

    private Condition allOf() {
        List<Condition> parts = new ArrayList<>(List.of(part()));
        while (token.isWord("and")) {
            advance();
            parts.add(part());
        }
        return Logic.allOf(parts);
    }

    private Condition part() {
        if (++depth > MAX_DEPTH) {
            throw wrong("nests deeper than " + MAX_DEPTH + " levels");
        }
        Condition part;
        if (token.isWord("not")) {
            advance();
            part = Logic.not(part());
        } else if (token.is(Token.Kind.OPEN)) {
            Token open = token;
            advance();
            part = anyOf();
            if (!token.is(Token.Kind.CLOSE)) {
                throw wrong("here stands " + found() + "; allowed: and, or, ) for the parenthesis of column "
                        + (text.codePointCount(0, open.at()) + 1));
            }
            advance();
        } else {
            part = condition();
        }
        depth--;
        return part;
    }

    private Condition condition() {
        if (++conditions > MAX_CONDITIONS) {
            throw wrong("there are more than " + MAX_CONDITIONS + " conditions");
        }
        if (!token.is(Token.Kind.WORD) || token.isWord("and") || token.isWord("or")) {
            throw wrong("here stands " + found() + "; allowed: a name, has(...), not, (");
        }
        if (token.isWord("true") || token.isWord("false")) {
            Condition constant = token.isWord("true") ? Logic.TRUE : Logic.FALSE;
            advance();
            return constant;
        }
        if (token.isWord("has")) {
            return presence();
        }
        int tag = pairTag();
        return tag > 0 ? pair(tag) : subject();
    }

    private Condition presence() {
        advance();
        expect(Token.Kind.OPEN, "has(NAME), like has(field.venue)");
        advance();
        int tag = pairTag();
        Condition present;
        if (tag > 0) {
            present = PairCondition.present(tag, key());
        } else {
            Subject subject = name();
            if (!subject.mayBeAbsent()) {
                throw wrong("every record has " + subject.text
                        + "; allowed in has(): field.KEY, mdc.KEY, logger, marker," + " exception and other texts");
            }
            advance();
            present = new PresenceCondition(subject);
        }
        expect(Token.Kind.CLOSE, ") behind the name in has(");
        advance();
        return present;
    }

    /** Of {@code field.KEY} and {@code mdc.KEY}; 0 of another name. */
    private int pairTag() {
        if (workersOnly || !token.is(Token.Kind.WORD)) {
            return 0;
        }
        return token.text().startsWith(PairCondition.FIELD)
                ? MessageDescriptor.FIELDS
                : token.text().startsWith(PairCondition.MDC_PREFIX) ? MessageDescriptor.MDC : 0;
    }

    /** Plain, or in quotes directly behind the dot. */
    private String key() {
        Token name = token;
        String key = name.text().substring(name.text().indexOf('.') + 1);
        advance();
        if (key.isEmpty() && token.is(Token.Kind.TEXT) && token.at() == name.end()) {
            key = token.text();
            advance();
        }
        if (key.isEmpty() || key.endsWith(".")) {
            throw new FilterSyntaxException(
                    text,
                    name.at(),
                    SettingText.quote(name.text()) + " lacks the key; allowed: field.venue, mdc.user, or with other"
                            + " characters field.\"two words\"",
                    null);
        }
        return key;
    }

    private Condition pair(int tag) {
        String key = key();
        Operator operator = operator();
        if (token.isWord("true") || token.isWord("false")) {
            String word = token.text().toLowerCase(Locale.ROOT);
            return PairCondition.text(tag, key, operator, word, test(operator, word));
        }
        if (token.is(Token.Kind.NUMBER) && !operator.isPattern()) {
            NumberValue number = NumberValue.of(token.text());
            advance();
            return PairCondition.number(tag, key, operator, number);
        }
        if (operator.isOrder()) {
            throw wrong("here stands " + found() + "; allowed behind " + operator.text + ": a number");
        }
        expect(Token.Kind.TEXT, operator.isPattern() ? "a text in quotes" : VALUES);
        String value = token.text();
        return PairCondition.text(tag, key, operator, value, test(operator, value));
    }

    private Subject name() {
        return Subject.of(token.text())
                .filter(subject -> !workersOnly || subject.isOfWorker())
                .orElseThrow(() -> {
                    List<String> known = names();
                    String word = token.text();
                    String stem = word.contains(".") ? word.substring(0, word.indexOf('.')) + ".KEY" : word;
                    return wrong("unknown name " + SettingText.quote(word) + "; "
                            + Suggestion.of(stem, known)
                                    .map(meant -> "did you mean " + meant + '?')
                                    .orElse("allowed: " + String.join(", ", known)));
                });
    }

    private List<String> names() {
        if (workersOnly) {
            return Arrays.stream(Subject.values())
                    .filter(Subject::isOfWorker)
                    .map(subject -> subject.text)
                    .toList();
        }
        List<String> names = new ArrayList<>(Subject.names());
        names.addAll(List.of("field.KEY", "mdc.KEY"));
        return names;
    }

    private Condition subject() {
        Subject subject = name();
        advance();
        if (subject.kind == Subject.Kind.PRESENCE) {
            throw wrong(subject.text + " cannot be compared; allowed: has(" + subject.text + ")");
        }
        Operator operator = operator();
        return switch (subject.kind) {
            case LEVEL -> level(operator);
            case TIME -> time(operator);
            case NUMBER -> number(subject, operator);
            default -> text(subject, operator);
        };
    }

    private Condition text(Subject subject, Operator operator) {
        if (operator.isOrder()) {
            throw wrong(subject.text + " is a text, which has no order; allowed: = != ~ =~");
        }
        expect(Token.Kind.TEXT, "a text in quotes, like \"md-*\"");
        String value = token.text();
        return new TextCondition(subject, operator, value, test(operator, value));
    }

    private Condition number(Subject subject, Operator operator) {
        if (operator.isPattern()) {
            throw wrong(subject.text + " is a number; allowed: = != > >= < <=");
        }
        expect(Token.Kind.NUMBER, "a number");
        NumberValue value = NumberValue.of(token.text());
        advance();
        return new NumberCondition(subject, operator, value);
    }

    private Condition level(Operator operator) {
        if (operator.isPattern()) {
            expect(Token.Kind.TEXT, "a text in quotes, like \"log*\"");
            String value = operator == Operator.GLOB ? token.text().toUpperCase(Locale.ROOT) : token.text();
            return new TextCondition(Subject.LEVEL, operator, value, test(operator, value));
        }
        if (token.is(Token.Kind.OPEN) || token.is(Token.Kind.CLOSE) || token.is(Token.Kind.OPERATOR)) {
            throw wrong("here stands " + found() + "; allowed: a level, like warn, or its number");
        }
        boolean byNumber = token.is(Token.Kind.NUMBER);
        Level level;
        try {
            level = Level.parse(token.text());
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage(), e);
        }
        String shown = token.text().contains(":") ? level.name() + ':' + level.severity() : level.name();
        advance();
        return operator.isOrder() || byNumber
                ? new LevelCondition(operator, level.severity())
                : new TextCondition(Subject.LEVEL, operator, shown, TextTest.exact(level.name()));
    }

    private Condition time(Operator operator) {
        if (operator.isPattern()) {
            throw wrong("time has no patterns; allowed: = != > >= < <=");
        }
        expect(Token.Kind.TEXT, "a time in quotes, like \"2026-01-15T10:30:00Z\"");
        try {
            Instant instant = OffsetDateTime.parse(token.text()).toInstant();
            long epochNs =
                    Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
            advance();
            return new TimeCondition(operator, epochNs);
        } catch (DateTimeException | ArithmeticException e) {
            throw wrong(
                    SettingText.quote(token.text()) + " is not a time with its zone; allowed: 2026-01-15T10:30:00Z,"
                            + " 2026-01-15T12:30:00+02:00",
                    e);
        }
    }

    /** Of the token, which is the value; then goes on behind it. */
    private TextTest test(Operator operator, String value) {
        TextTest test;
        try {
            if (operator == Operator.REGEX) {
                test = TextTest.regex(value);
                regexSize += RegexBounds.size(value);
                if (regexSize > RegexBounds.MOST_SIZE) {
                    throw wrong("the regular expressions together are larger than " + RegexBounds.MOST_SIZE + " steps");
                }
            } else {
                test = operator == Operator.GLOB ? TextTest.glob(value) : TextTest.exact(value);
            }
        } catch (FilterSyntaxException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage(), e);
        }
        advance();
        return test;
    }

    private Operator operator() {
        expect(Token.Kind.OPERATOR, "an operator: = != ~ =~ > >= < <=");
        Operator operator = Operator.of(token.text()).orElseThrow();
        advance();
        return operator;
    }

    private void expect(Token.Kind kind, String allowed) {
        if (!token.is(kind)) {
            throw wrong("here stands " + found() + "; allowed: " + allowed);
        }
    }

    private void advance() {
        token = lexer.next();
    }

    private String found() {
        return token.is(Token.Kind.END) ? "the end" : SettingText.quote(text.substring(token.at(), token.end()));
    }

    private FilterSyntaxException wrong(String problem) {
        return wrong(problem, null);
    }

    private FilterSyntaxException wrong(String problem, Throwable cause) {
        return new FilterSyntaxException(text, token.at(), problem, cause);
    }
}

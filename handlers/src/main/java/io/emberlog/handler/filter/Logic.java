package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;
import java.util.ArrayList;
import java.util.List;

/** {@code and}, {@code or}, {@code not}, {@code true} and {@code false}. */
final class Logic {
    static final Condition TRUE = new Constant(true);
    static final Condition FALSE = new Constant(false);

    private Logic() {}

    /** True where there is none. */
    static Condition allOf(List<Condition> parts) {
        List<Condition> asked = parts.stream().filter(part -> part != TRUE).toList();
        return asked.isEmpty() ? TRUE : joined(asked, false);
    }

    /** @param parts at least one */
    static Condition anyOf(List<Condition> parts) {
        return joined(parts, true);
    }

    private static Condition joined(List<Condition> parts, boolean any) {
        List<Condition> flat = new ArrayList<>();
        for (Condition part : parts) {
            if (part instanceof Joined joined && joined.any == any) {
                flat.addAll(List.of(joined.parts));
            } else {
                flat.add(part);
            }
        }
        return flat.size() == 1 ? flat.get(0) : new Joined(flat.toArray(new Condition[0]), any);
    }

    static Condition not(Condition part) {
        return new Not(part);
    }

    private record Constant(boolean value) implements Condition {
        @Override
        public boolean holds(LogRecord record) {
            return value;
        }

        @Override
        public void print(StringBuilder out) {
            out.append(value);
        }
    }

    private static final class Joined implements Condition {
        private final Condition[] parts;
        private final boolean any;

        Joined(Condition[] parts, boolean any) {
            this.parts = parts;
            this.any = any;
        }

        @Override
        public boolean holds(LogRecord record) {
            for (Condition part : parts) {
                if (part.holds(record) == any) {
                    return any;
                }
            }
            return !any;
        }

        @Override
        public void print(StringBuilder out) {
            for (int i = 0; i < parts.length; i++) {
                out.append(i == 0 ? "" : any ? " or " : " and ");
                boolean grouped = parts[i].precedence() < precedence();
                out.append(grouped ? "(" : "");
                parts[i].print(out);
                out.append(grouped ? ")" : "");
            }
        }

        @Override
        public int precedence() {
            return any ? OR : AND;
        }

        @Override
        public Condition culprit(LogRecord record) {
            if (!any) {
                for (Condition part : parts) {
                    if (!part.holds(record)) {
                        return part.culprit(record);
                    }
                }
            }
            return this;
        }
    }

    private record Not(Condition part) implements Condition {
        @Override
        public boolean holds(LogRecord record) {
            return !part.holds(record);
        }

        @Override
        public void print(StringBuilder out) {
            boolean grouped = part.precedence() < NOT;
            out.append(grouped ? "not (" : "not ");
            part.print(out);
            out.append(grouped ? ")" : "");
        }
    }
}

package io.emberlog.worker;

/** Counts the places of a template as SLF4J does: {@code \{}} is none, {@code \\{}} is one. */
final class Placeholders {
    private Placeholders() {}

    static int count(String template) {
        if (template == null) {
            return 0;
        }
        int count = 0;
        int at = template.indexOf("{}");
        while (at >= 0) {
            boolean escaped = at > 0 && template.charAt(at - 1) == '\\';
            boolean escapeEscaped = escaped && at > 1 && template.charAt(at - 2) == '\\';
            if (!escaped || escapeEscaped) {
                count++;
            }
            at = template.indexOf("{}", at + 2);
        }
        return count;
    }
}

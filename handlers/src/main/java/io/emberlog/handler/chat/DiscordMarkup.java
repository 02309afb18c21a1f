package io.emberlog.handler.chat;

/** Discord's Markdown. A backslash takes the meaning of what follows it; in code nothing does but the fence's own backticks. */
final class DiscordMarkup implements Markup {
    private static final String SPECIAL = "\\`*_~|>#-[]()<@:+.!";

    /** Shown as nothing; between two backticks they are no fence. */
    private static final char ZERO_WIDTH_SPACE = '\u200b';

    @Override
    public int limit() {
        return 2000;
    }

    @Override
    public String text(String raw) {
        StringBuilder out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (SPECIAL.indexOf(c) >= 0) {
                out.append('\\');
            }
            out.append(c);
            if (c == '@') {
                out.append(ZERO_WIDTH_SPACE);
            }
        }
        return out.toString();
    }

    @Override
    public String code(String raw) {
        return breakFences(raw);
    }

    /** For Slack, too, whose fences are the same. */
    static String breakFences(String raw) {
        return raw.replace("`", "`" + ZERO_WIDTH_SPACE);
    }

    @Override
    public String boldStart() {
        return "**";
    }

    @Override
    public String boldEnd() {
        return "**";
    }

    @Override
    public String codeStart() {
        return "```\n";
    }

    @Override
    public String codeEnd() {
        return "\n```";
    }
}

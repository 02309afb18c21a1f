package io.emberlog.handler.chat;

/**
 * Slack's mrkdwn. Only {@code & < >} can be escaped; what else has a meaning outside of code gets an invisible character behind it.
 * Slack takes 40,000 characters as text, shows 3,000 of them in one section, and asks for no more than 4,000.
 */
final class SlackMarkup implements Markup {
    private static final String SPECIAL = "*_~`@:";
    private static final char ZERO_WIDTH_SPACE = '\u200b';

    @Override
    public int limit() {
        return 3000;
    }

    @Override
    public String text(String raw) {
        String escaped = TelegramMarkup.escape(raw);
        StringBuilder out = new StringBuilder(escaped.length() + 16);
        for (int i = 0; i < escaped.length(); i++) {
            out.append(escaped.charAt(i));
            if (SPECIAL.indexOf(escaped.charAt(i)) >= 0) {
                out.append(ZERO_WIDTH_SPACE);
            }
        }
        return out.toString();
    }

    @Override
    public String code(String raw) {
        return DiscordMarkup.breakFences(TelegramMarkup.escape(raw));
    }

    @Override
    public String boldStart() {
        return "*";
    }

    @Override
    public String boldEnd() {
        return "*";
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

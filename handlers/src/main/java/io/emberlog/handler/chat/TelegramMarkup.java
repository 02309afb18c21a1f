package io.emberlog.handler.chat;

/** Telegram's HTML. */
final class TelegramMarkup implements Markup {
    /** Shown as nothing; behind an @ it makes no name of what follows, and nobody is notified. */
    private static final String NO_NAME = "@\u200b";

    @Override
    public int limit() {
        return 4096;
    }

    @Override
    public String text(String raw) {
        return escape(raw).replace("@", NO_NAME);
    }

    @Override
    public String code(String raw) {
        return escape(raw);
    }

    /** For Slack, too, which knows the same three. */
    static String escape(String raw) {
        StringBuilder out = new StringBuilder(raw.length() + 16);
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    @Override
    public String boldStart() {
        return "<b>";
    }

    @Override
    public String boldEnd() {
        return "</b>";
    }

    @Override
    public String codeStart() {
        return "<pre>";
    }

    @Override
    public String codeEnd() {
        return "</pre>";
    }
}

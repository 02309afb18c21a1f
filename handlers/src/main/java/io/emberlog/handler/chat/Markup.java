package io.emberlog.handler.chat;

/**
 * How a service marks text up, and how it counts. Everything here is counted in UTF-16 code units after escaping: Telegram counts so
 * (after it has taken entities apart, which makes it fewer), Slack and Discord count characters, which are never more. Immutable.
 */
interface Markup {
    /** Most code units of a message. */
    int limit();

    /** What stands for this text outside of code: shown as it is, nothing in it is a command, a mention or a link with a text. */
    String text(String raw);

    /** The same inside of code. */
    String code(String raw);

    String boldStart();

    String boldEnd();

    /** Before the first line of code, with the line end if one is needed. */
    String codeStart();

    /** Behind the last line of code, which has no line end of its own. */
    String codeEnd();
}

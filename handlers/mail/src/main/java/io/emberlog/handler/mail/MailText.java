package io.emberlog.handler.mail;

import io.emberlog.handler.alert.Bulletin;
import io.emberlog.handler.alert.Notice;
import io.emberlog.handler.alert.NoticeText;

/** A bulletin as a mail. Stateless. */
final class MailText {
    private static final int MOST_SUBJECT = 150;
    private static final int MOST_BODY = 200_000;

    private MailText() {}

    /** On one line, without control characters: it becomes a header. */
    static String subject(Bulletin bulletin) {
        String subject = NoticeText.headline(bulletin);
        if (bulletin.notices().size() == 1) {
            Notice notice = bulletin.notices().get(0);
            subject += " - " + notice.message();
        }
        StringBuilder line = new StringBuilder();
        subject.codePoints()
                .limit(MOST_SUBJECT)
                .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
                .forEach(line::appendCodePoint);
        return line.toString();
    }

    static String plain(Bulletin bulletin) {
        StringBuilder text = new StringBuilder(NoticeText.headline(bulletin)).append("\n");
        if (bulletin.notices().size() > 1) {
            for (Notice notice : bulletin.notices()) { // all counts come before any detail, so that none is cut
                text.append('\n').append(NoticeText.row(notice, MOST_SUBJECT));
            }
            text.append('\n');
        }
        for (Notice notice : bulletin.notices()) {
            append(notice, text);
            if (text.length() > MOST_BODY) {
                text.setLength(text.offsetByCodePoints(0, text.codePointCount(0, MOST_BODY)));
                return text.append("\n... [cut]\n").toString();
            }
        }
        return text.toString();
    }

    private static void append(Notice notice, StringBuilder text) {
        text.append("\n----\n").append(NoticeText.headline(notice)).append('\n');
        text.append(NoticeText.facts(notice)).append("\n\n");
        text.append(notice.message()).append('\n');
        if (!notice.exception().isEmpty()) {
            text.append(notice.exception()).append('\n');
        }
        if (!notice.breadcrumbs().isEmpty()) {
            text.append("\nLast records of the worker before it:\n")
                    .append(notice.breadcrumbs())
                    .append('\n');
        }
    }

    /** The same text; nothing in it is markup. */
    static String html(String plain) {
        String escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><pre>" + escaped
                + "</pre></body></html>";
    }
}

package io.emberlog.handler.chat;

import io.emberlog.handler.alert.Bulletin;
import io.emberlog.handler.alert.Notice;
import io.emberlog.handler.alert.NoticeText;
import java.util.List;

/**
 * A bulletin as messages of a chat: one problem with all that is known of it, or a table of many with the details of the first few.
 * What workers wrote stands in code, but for names, so that it is shown as it is. Counts come first, so that what is cut is never a
 * count. Stateless.
 */
final class BulletinText {
    static final int MOST_MESSAGES = 5;
    static final int MOST_ROWS = 20;
    private static final int MOST_DETAILED = 3;
    private static final int ROW_LENGTH = 160;

    private BulletinText() {}

    static List<String> messages(Bulletin bulletin, Markup markup) {
        MessageWriter writer = new MessageWriter(markup, MOST_MESSAGES);
        writer.line(NoticeText.headline(bulletin), true);
        List<Notice> notices = bulletin.notices();
        if (notices.size() == 1) {
            details(notices.get(0), writer);
            return writer.messages();
        }
        writer.code(rows(notices));
        for (Notice notice : notices.subList(0, Math.min(MOST_DETAILED, notices.size()))) {
            if (!notice.exception().isEmpty() || !notice.breadcrumbs().isEmpty()) {
                writer.line(NoticeText.headline(notice), true);
                details(notice, writer);
            }
        }
        return writer.messages();
    }

    private static String rows(List<Notice> notices) {
        StringBuilder rows = new StringBuilder();
        int shown = notices.size() <= MOST_ROWS ? notices.size() : MOST_ROWS - 1;
        for (Notice notice : notices.subList(0, shown)) {
            rows.append(rows.length() == 0 ? "" : "\n").append(NoticeText.row(notice, ROW_LENGTH));
        }
        List<Notice> others = notices.subList(shown, notices.size());
        if (!others.isEmpty()) {
            rows.append("\nand ").append(others.size()).append(" more problems, x ");
            rows.append(others.stream().mapToLong(Notice::count).sum());
        }
        return rows.toString();
    }

    private static void details(Notice notice, MessageWriter writer) {
        writer.code(notice.message() + (notice.exception().isEmpty() ? "" : '\n' + notice.exception()));
        writer.line(NoticeText.facts(notice), false);
        if (!notice.breadcrumbs().isEmpty()) {
            writer.line("Last records of the worker before it:", false);
            writer.code(notice.breadcrumbs());
        }
    }
}

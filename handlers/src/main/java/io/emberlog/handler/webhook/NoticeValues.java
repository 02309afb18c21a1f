package io.emberlog.handler.webhook;

import io.emberlog.handler.alert.Notice;
import io.emberlog.handler.alert.NoticeText;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Placeholders of a body that tells of a group. Stateless. */
final class NoticeValues {
    static final Set<String> NAMES = Set.of(
            "title",
            "occasion",
            "headline",
            "level",
            "severity",
            "logger",
            "message",
            "exception",
            "breadcrumbs",
            "count",
            "total",
            "first",
            "last",
            "worker",
            "workers",
            "group");

    static final Set<String> NUMBERS = Set.of("severity", "count", "total");

    static final String DEFAULT_BODY = "{\"title\":\"{title}\",\"occasion\":\"{occasion}\",\"level\":\"{level}\","
            + "\"severity\":{severity},\"logger\":\"{logger}\",\"message\":\"{message}\",\"exception\":\"{exception}\","
            + "\"breadcrumbs\":\"{breadcrumbs}\",\"count\":{count},\"total\":{total},\"first\":\"{first}\","
            + "\"last\":\"{last}\",\"workers\":\"{workers}\",\"group\":\"{group}\"}";

    private NoticeValues() {}

    static Map<String, String> of(String title, Notice notice) {
        Map<String, String> values = new HashMap<>();
        String workers = notice.workers();
        values.put("title", title);
        values.put("occasion", notice.occasion().name().toLowerCase(Locale.ROOT));
        values.put("headline", NoticeText.headline(notice));
        values.put("level", notice.level());
        values.put("severity", Integer.toString(notice.severity()));
        values.put("logger", notice.logger());
        values.put("message", notice.message());
        values.put("exception", notice.exception());
        values.put("breadcrumbs", notice.breadcrumbs());
        values.put("count", Long.toString(notice.count()));
        values.put("total", Long.toString(notice.total()));
        values.put("first", NoticeText.timestamp(notice.firstNs()));
        values.put("last", NoticeText.timestamp(notice.lastNs()));
        values.put("worker", workers.split(",| and ", 2)[0]);
        values.put("workers", workers);
        values.put("group", String.format(Locale.ROOT, "%016x", notice.key()));
        return values;
    }
}

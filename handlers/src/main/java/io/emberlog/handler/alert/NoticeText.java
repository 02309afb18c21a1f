package io.emberlog.handler.alert;

import io.emberlog.handler.alert.Notice.Occasion;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The words for a notice, the same for every service, not escaped for any. Stateless; any thread. */
public final class NoticeText {
    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MINUTE_S = 60;
    private static final long HOUR_S = 3600;
    private static final long DAY_S = 86_400;

    private NoticeText() {}

    /** {@code ERROR x 412 in 5 min (1234 in all)}. */
    public static String headline(Notice notice) {
        long count = notice.count();
        String times = count == 1 ? "" : " x " + count;
        String inAll = notice.total() == count ? "" : " (" + notice.total() + " in all)";
        return switch (notice.occasion()) {
            case FIRST, AGAIN -> notice.level() + times + span(count, notice.sinceNs(), notice.lastNs()) + inAll;
            case OVER ->
                "over: " + notice.level() + " x " + notice.total() + span(2, notice.firstNs(), notice.lastNs())
                        + (count == 0 ? "" : ", " + count + " of them not told before");
            case STOPPING ->
                notice.level() + times + span(count, notice.sinceNs(), notice.lastNs()) + inAll
                        + ", told as the master stops";
        };
    }

    /** {@code com.acme.Orders; first 2026-01-15 10:30:45, last 10:35:12 UTC; md-1@a and 12 more}. */
    public static String facts(Notice notice) {
        Instant first = RecordText.instant(notice.firstNs());
        Instant last = RecordText.instant(notice.lastNs());
        String when = DATE_TIME.format(first);
        if (notice.total() > 1) {
            DateTimeFormatter form = day(first).equals(day(last)) ? TIME : DATE_TIME;
            when = "first " + when + ", last " + form.format(last);
        }
        return (notice.logger().isEmpty() ? "" : notice.logger() + "; ")
                + when
                + " UTC"
                + (notice.workers().isEmpty() ? "" : "; " + notice.workers());
    }

    /** Of one line for many notices: {@code ERROR x 412 com.acme.Orders: order 42 failed}. */
    public static String row(Notice notice, int mostCharacters) {
        String over = notice.occasion() == Occasion.OVER ? "over: " : "";
        long count = notice.occasion() == Occasion.OVER ? notice.total() : notice.count();
        String logger = notice.logger().isEmpty() ? "" : notice.logger() + ": ";
        return RecordText.cut(over + notice.level() + " x " + count + ' ' + logger + notice.message(), mostCharacters);
    }

    /** {@code 3 problems, x 1234}; the headline where there is one. */
    public static String headline(Bulletin bulletin) {
        List<Notice> notices = bulletin.notices();
        String title = bulletin.title().isEmpty() ? "" : bulletin.title() + ": ";
        return title
                + (notices.size() == 1
                        ? headline(notices.get(0))
                        : notices.size() + " problems, x "
                                + notices.stream().mapToLong(Notice::count).sum());
    }

    /** RFC 3339, seconds. */
    public static String timestamp(long epochNs) {
        return DateTimeFormatter.ISO_INSTANT.format(RecordText.instant(epochNs - Math.floorMod(epochNs, SECOND_NS)));
    }

    private static LocalDate day(Instant instant) {
        return instant.atZone(ZoneOffset.UTC).toLocalDate();
    }

    private static String span(long count, long fromNs, long toNs) {
        return count < 2 ? "" : " in " + span(toNs - fromNs);
    }

    /** {@code 12 s}, {@code 5 min}, {@code 2 h 10 min}, {@code 3 d 4 h}; at least a second. */
    static String span(long ns) {
        long seconds = Math.max(1, (ns + SECOND_NS / 2) / SECOND_NS);
        if (seconds < 2 * MINUTE_S) {
            return seconds + " s";
        }
        if (seconds < 2 * HOUR_S) {
            return seconds / MINUTE_S + " min";
        }
        return seconds < 2 * DAY_S
                ? two(seconds / HOUR_S, "h", seconds % HOUR_S / MINUTE_S, "min")
                : two(seconds / DAY_S, "d", seconds % DAY_S / HOUR_S, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + ' ' + smallUnit);
    }
}

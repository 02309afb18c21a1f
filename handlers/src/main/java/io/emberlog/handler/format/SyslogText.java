package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.Level;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Records as syslog messages, without what frames them (no line feed, no length): RFC 5424, or RFC 3164 for receivers that know
 * no other.
 *
 * <pre>
 * &lt;11&gt;1 2026-01-15T10:30:45.130456Z myhost pricing 4711 FILL [emberlog@32473 level="OUTAGE" ...][fields@32473 venue="XETRA"] order 42
 * &lt;11&gt;Jan 15 10:30:45 myhost pricing[4711]: OUTAGE com.acme.Orders - order 42 #FILL venue=XETRA
 * </pre>
 *
 * HOSTNAME (255), APP-NAME (48), PROCID (128), MSGID (32; the marker) and RFC 3164's TAG (32) are cut at the lengths the RFCs
 * allow; what is not printable ASCII in them is {@code _}, what is empty {@code -}. APP-NAME is the service, else the process,
 * else the worker. A message never holds a control character, so that no record can pass for two whatever frames it. One
 * thread; no garbage for records without rare doubles.
 */
public final class SyslogText {
    /** The facilities by name, in the order of their codes. */
    public static final List<String> FACILITIES = List.of(
            "kern",
            "user",
            "mail",
            "daemon",
            "auth",
            "syslog",
            "lpr",
            "news",
            "uucp",
            "cron",
            "authpriv",
            "ftp",
            "ntp",
            "audit",
            "alert",
            "clock",
            "local0",
            "local1",
            "local2",
            "local3",
            "local4",
            "local5",
            "local6",
            "local7");

    private static final int NO_LIMIT = Integer.MAX_VALUE;
    private static final int MIN_LIMIT = 480;
    private static final int MAX_HOSTNAME = 255;
    private static final int MAX_APP_NAME = 48;
    private static final int MAX_MSGID = 32;
    private static final int MAX_TAG = 32;
    private static final int DEBUG = 7;
    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    /** By syslog's severity, emergency first: the lowest of ours that it stands for. */
    private static final List<Level> LOWEST = List.of(
            Level.EMERGENCY,
            Level.ALERT,
            Level.CRITICAL,
            Level.ERROR,
            Level.WARN,
            Level.NOTICE,
            Level.INFO,
            Level.NOTSET);
    /** By severity of ours. */
    private static final int[] SEVERITIES = new int[Level.MAX_SEVERITY + 1];

    static {
        for (int severity = 0; severity <= Level.MAX_SEVERITY; severity++) {
            while (severity < LOWEST.get(SEVERITIES[severity]).severity()) {
                SEVERITIES[severity]++;
            }
        }
    }

    private final boolean old;
    private final int facility;
    private final String appName;
    private final String hostname;
    private final boolean withHost;
    private final boolean bom;
    private final int maxLength;
    private final Format content;

    private final byte[][] priorities = new byte[DEBUG + 1][];
    private final TimestampText time;
    private final DateText oldTime;
    private final WorkerText source;
    private final StructuredData data;
    private final MessageCache messages = new MessageCache(Escaper.LINE);
    private final StackTraceText stackTraces = new StackTraceText(StackTraceText.Layout.ONE_LINE);
    private final HumanRest rest = new HumanRest(stackTraces);

    private SyslogText(Builder builder, boolean old) {
        this.old = old;
        facility = builder.facility;
        appName = builder.appName;
        hostname = builder.hostname;
        withHost = builder.withHost;
        bom = builder.bom;
        maxLength = builder.maxLength;
        content = builder.content;
        time = new TimestampText(ZoneOffset.UTC);
        oldTime = new DateText("MMM ppd HH:mm:ss", builder.zone, Locale.ENGLISH);
        source = new WorkerText(old ? this::appendOldSource : this::appendSource);
        data = new StructuredData(builder.enterprise);
        for (int severity = 0; severity <= DEBUG; severity++) {
            priorities[severity] =
                    ("<" + (8 * facility + severity) + ">" + (old ? "" : "1 ")).getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** Of a record's severity, 0 to 24, as OpenTelemetry maps syslog's: 0 (emergency) to 7 (debug, and all below INFO). */
    public static int severity(int severity) {
        return SEVERITIES[severity];
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Appends the record. */
    public void append(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        int start = out.length();
        out.append(priorities[SEVERITIES[entry.severity()]]);
        if (old) {
            oldTime.append(out, entry.timestampNs());
            source.append(record.worker(), out);
            out.append(": ");
            appendOldContent(record, out);
        } else {
            time.appendMicros(out, entry.timestampNs());
            source.append(record.worker(), out);
            appendMessageId(entry, out);
            int dataStart = out.length();
            data.append(record, out);
            if (out.length() - start > maxLength) {
                out.truncate(dataStart);
                out.append('-');
            }
            appendContent(record, out);
        }
        if (out.length() - start > maxLength) {
            cut(out, start);
        }
    }

    /** Never within a character; what is left says so. */
    private void cut(Utf8Buffer out, int start) {
        byte[] mark = (" [cut from " + (out.length() - start) + " bytes]").getBytes(StandardCharsets.US_ASCII);
        int to = start + maxLength - mark.length;
        while ((out.bytes()[to] & 0xC0) == 0x80) {
            to--;
        }
        out.truncate(to);
        out.append(mark);
    }

    private void appendSource(WorkerIdentity worker, Utf8Buffer out) {
        out.append(' ');
        appendPrintable(host(worker), MAX_HOSTNAME, "", out);
        out.append(' ');
        appendPrintable(appName(worker), MAX_APP_NAME, "", out);
        out.append(' ');
        if (worker.pid() == 0) {
            out.append('-');
        } else {
            out.append(worker.pid());
        }
        out.append(' ');
    }

    private void appendOldSource(WorkerIdentity worker, Utf8Buffer out) {
        out.append(' ');
        if (withHost) {
            appendPrintable(host(worker), MAX_HOSTNAME, "", out);
            out.append(' ');
        }
        appendPrintable(appName(worker), MAX_TAG, "[]:", out);
        if (worker.pid() != 0) {
            out.append('[');
            out.append(worker.pid());
            out.append(']');
        }
    }

    private String host(WorkerIdentity worker) {
        return hostname.isEmpty() ? worker.host() : hostname;
    }

    private String appName(WorkerIdentity worker) {
        if (!appName.isEmpty()) {
            return appName;
        }
        return !worker.service().isEmpty()
                ? worker.service()
                : !worker.process().isEmpty() ? worker.process() : worker.name();
    }

    private static void appendMessageId(EntryDecoder entry, Utf8Buffer out) {
        if (entry.has(MARKER)) {
            PrintableText.append(
                    entry.buffer(), entry.sectionOffset(MARKER), entry.sectionLength(MARKER), MAX_MSGID, "", out);
        } else {
            out.append('-');
        }
        out.append(' ');
    }

    private static void appendPrintable(String text, int most, String not, Utf8Buffer out) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        PrintableText.append(utf8, 0, utf8.length, most, not, out);
    }

    private void appendContent(LogRecord record, Utf8Buffer out) {
        int start = out.length();
        out.append(' ');
        if (bom) {
            out.append(BOM);
        }
        int empty = out.length();
        if (content != null) {
            appendOwnContent(record, out);
        } else {
            messages.append(record.entry(), out);
            if (record.entry().has(EXCEPTION)) {
                stackTraces.appendBehind(record.entry().exception(), out);
            }
        }
        if (out.length() == empty) {
            out.truncate(start);
        }
    }

    private void appendOldContent(LogRecord record, Utf8Buffer out) {
        if (content != null) {
            appendOwnContent(record, out);
            return;
        }
        EntryDecoder entry = record.entry();
        SectionText.appendLevel(entry, Escaper.LINE, out);
        if (entry.has(LOGGER)) {
            out.append(' ');
            SectionText.append(entry, LOGGER, Escaper.LINE, out);
        }
        out.append(" - ");
        messages.append(entry, out);
        rest.append(entry, out);
    }

    private void appendOwnContent(LogRecord record, Utf8Buffer out) {
        content.format(record, out);
        out.truncate(out.length() - 1);
    }

    /** What a receiver wants. */
    public static final class Builder {
        private int facility = FACILITIES.indexOf("user");
        private String appName = "";
        private String hostname = "";
        private boolean withHost = true;
        private boolean bom;
        private int maxLength = NO_LIMIT;
        private long enterprise = StructuredData.EXAMPLE_ENTERPRISE;
        private ZoneId zone = ZoneId.systemDefault();
        private Format content;

        private Builder() {}

        /** One of {@link #FACILITIES}; {@code user} by default. */
        public Builder facility(String name) {
            int code = FACILITIES.indexOf(name);
            if (code < 0) {
                throw new IllegalArgumentException("facility=" + name + " must be one of " + FACILITIES);
            }
            facility = code;
            return this;
        }

        /** For all records the same, in place of the worker's. */
        public Builder appName(String name) {
            appName = Objects.requireNonNull(name, "name");
            return this;
        }

        /** For all records the same, in place of the worker's. */
        public Builder hostname(String name) {
            hostname = Objects.requireNonNull(name, "name");
            return this;
        }

        /** RFC 3164 only: {@code /dev/log} wants messages without their host. */
        public Builder withoutHost() {
            withHost = false;
            return this;
        }

        /** RFC 5424 only: a byte order mark in front of the text, which the RFC wants and receivers tend to show. */
        public Builder bom() {
            bom = true;
            return this;
        }

        /**
         * Bytes of a message, at least 480, which every receiver takes: of one that is longer the structured data is left out
         * where that alone is too long, and the text is cut at the end of a character, with a mark behind it.
         */
        public Builder maxLength(int bytes) {
            if (bytes < MIN_LIMIT) {
                throw new IllegalArgumentException("maxLength=" + bytes + " must be at least " + MIN_LIMIT);
            }
            maxLength = bytes;
            return this;
        }

        /** RFC 5424 only: the number behind the @ of our structured data; 32473, which is for examples, by default. */
        public Builder enterprise(long number) {
            if (number < 0 || number > StructuredData.MAX_ENTERPRISE) {
                throw new IllegalArgumentException(
                        "enterprise=" + number + " must be in 0.." + StructuredData.MAX_ENTERPRISE);
            }
            enterprise = number;
            return this;
        }

        /** RFC 3164 only: of its timestamps, which do not say theirs; the system's by default. */
        public Builder zone(ZoneId ofTimestamps) {
            zone = Objects.requireNonNull(ofTimestamps, "ofTimestamps");
            return this;
        }

        /** What stands in place of the text; one line a record. */
        public Builder content(Format oneLine) {
            content = oneLine;
            return this;
        }

        public SyslogText rfc5424() {
            return new SyslogText(this, false);
        }

        public SyslogText rfc3164() {
            return new SyslogText(this, true);
        }
    }
}

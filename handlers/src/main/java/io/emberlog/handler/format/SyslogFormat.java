package io.emberlog.handler.format;

import io.emberlog.handler.LogRecord;

/** RFC 5424 messages ({@link SyslogText}), one a line, of facility {@code user}. */
public final class SyslogFormat implements Format {
    private final SyslogText text = SyslogText.builder().rfc5424();

    @Override
    public void format(LogRecord record, Utf8Buffer out) {
        text.append(record, out);
        out.append('\n');
    }
}

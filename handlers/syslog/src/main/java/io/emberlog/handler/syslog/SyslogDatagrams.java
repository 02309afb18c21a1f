package io.emberlog.handler.syslog;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.SyslogText;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.handler.unix.UnixDatagramSocket;
import io.emberlog.handler.unix.UnixDestination;
import java.io.IOException;

/** One message a datagram, as {@code /dev/log} takes them. One thread. */
final class SyslogDatagrams implements UnixDestination.Sender {
    private final SyslogText text;
    private final Utf8Buffer buffer = new Utf8Buffer(1024);

    SyslogDatagrams(SyslogText text) {
        this.text = text;
    }

    @Override
    public int send(LogRecord record, UnixDatagramSocket socket) throws IOException {
        buffer.clear();
        text.append(record, buffer);
        return socket.send(buffer.bytes(), buffer.length()) ? buffer.length() : -1;
    }
}

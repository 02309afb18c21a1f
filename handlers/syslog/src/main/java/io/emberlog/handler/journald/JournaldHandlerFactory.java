package io.emberlog.handler.journald;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchHandler;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.format.SyslogText;
import io.emberlog.handler.unix.UnixDestination;
import java.time.Duration;
import java.util.List;

/** {@code type = "journald"}. */
public final class JournaldHandlerFactory implements HandlerFactory {
    private static final BatchLimits LIMITS = new BatchLimits(5000, 1 << 20, Duration.ZERO);
    private static final String TEMPLATE = "template";

    static final SettingKey PATH = SettingKey.path(
                    "path", "The journal's socket; of a journal namespace /run/systemd/journal.NAME/socket.")
            .orElse("/run/systemd/journal/socket");
    static final SettingKey IDENTIFIER = SettingKey.string(
                    "identifier", "SYSLOG_IDENTIFIER of every entry (journalctl -t).")
            .otherwise("the worker's service, else its process, else its name");
    static final SettingKey FACILITY = SettingKey.choice(
                    "facility", "SYSLOG_FACILITY of every entry.", SyslogText.FACILITIES.toArray(new String[0]))
            .orElse("user");
    static final SettingKey MESSAGE_ID = SettingKey.choice(
                    "message_id",
                    "MESSAGE_ID of an entry: none, or 128 bits made of its template, the same for all records of one log"
                            + " statement.",
                    "none",
                    TEMPLATE)
            .orElse("none");
    static final SettingKey TIMEOUT = SettingKey.duration(
                    "timeout", "Longest time that journald may read nothing of what is sent.")
            .orElse("10 s")
            .between("100 ms", "5 min");

    @Override
    public String type() {
        return "journald";
    }

    @Override
    public List<SettingKey> settings() {
        return List.of(PATH, IDENTIFIER, FACILITY, MESSAGE_ID, TIMEOUT);
    }

    @Override
    public Handler create(HandlerSettings settings) {
        JournalEntryEncoder encoder = new JournalEntryEncoder(
                SyslogText.FACILITIES.indexOf(settings.string(FACILITY)),
                settings.isSet(IDENTIFIER) ? settings.string(IDENTIFIER) : null,
                settings.string(MESSAGE_ID).equals(TEMPLATE));
        return new BatchHandler(
                new UnixDestination(settings.path(PATH), settings.duration(TIMEOUT), new JournaldSender(encoder)),
                LIMITS);
    }
}

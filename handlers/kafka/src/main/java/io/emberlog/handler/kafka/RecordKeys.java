package io.emberlog.handler.kafka;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.MessageDescriptor;

/** What of a record is its key. Stateless. */
final class RecordKeys {
    private RecordKeys() {}

    /**
     * @param key as the setting says
     * @return null for a record without
     */
    static String of(LogRecord record, String key) {
        return switch (key) {
            case "worker" -> record.worker().name();
            case "service" -> record.worker().service();
            case "logger" -> record.entry().text(MessageDescriptor.LOGGER);
            default -> null;
        };
    }
}

package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

/** Shows a DROPPED message as a WARN record, so that losses appear in the outputs where they happened. One thread. */
final class DropRecordRenderer {
    private static final String LOGGER_NAME = "emberlog.worker";
    private static final String TEXT = "dropped {} records: {}";

    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 16 * 1024);

    /** Points {@code into} at the record. The report is valid. */
    void render(byte[] buffer, int offset, EntryDecoder into) {
        int items = DropReport.items(buffer, offset);
        long total = 0;
        long overall = 0;
        StringBuilder detail = new StringBuilder();
        for (int item = 0; item < items; item++) {
            long count = DropReport.count(buffer, offset, item);
            total = saturatedSum(total, count);
            overall = saturatedSum(overall, DropReport.total(buffer, offset, item));
            detail.append(item == 0 ? "" : ", ")
                    .append(count)
                    .append(' ')
                    .append(Level.canonical(DropReport.severity(buffer, offset, item))
                            .name())
                    .append(" (")
                    .append(reason(DropReport.reason(buffer, offset, item)))
                    .append(')');
        }
        encoder.begin();
        encoder.beginEntry(Level.WARN.severity(), DropReport.toEpochNs(buffer, offset), 0);
        encoder.text(LOGGER, LOGGER_NAME);
        encoder.text(TEMPLATE, TEXT);
        encoder.beginArgs();
        encoder.addLong(total);
        encoder.addString(detail.toString());
        encoder.endArgs();
        encoder.beginPairs(FIELDS);
        encoder.key("dropped");
        encoder.putLong(total);
        encoder.endPair();
        encoder.key("dropped_total");
        encoder.putLong(overall);
        encoder.endPair();
        encoder.key("since_ns");
        encoder.putLong(DropReport.fromEpochNs(buffer, offset));
        encoder.endPair();
        encoder.endPairs();
        encoder.endEntry();
        encoder.finish(0, 0);
        into.wrap(encoder.buffer(), BATCH_HEADER_LENGTH, encoder.length());
    }

    private static long saturatedSum(long a, long b) {
        return a + b < 0 ? Long.MAX_VALUE : a + b;
    }

    private static String reason(int code) {
        DropReason reason = DropReason.of(code);
        return reason == null ? "reason " + code : reason.text();
    }
}

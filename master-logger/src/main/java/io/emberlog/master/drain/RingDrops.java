package io.emberlog.master.drain;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingHeader;

/**
 * What a worker counted as dropped over the whole life of a ring, from its header: the one account that also holds what
 * a worker had no room, or no time, to report through the ring.
 *
 * @param total of all reasons and levels
 * @param text by level and reason, in the words of the in-band reports ({@code 3 INFO (ring full), ...}); empty when 0
 */
record RingDrops(long total, String text) {
    static RingDrops of(RingHeader header) {
        long total = 0;
        StringBuilder text = new StringBuilder();
        for (DropReason reason : DropReason.values()) {
            for (int severity = 0; severity <= Level.MAX_SEVERITY; severity++) {
                long count = header.dropped(reason.code(), severity);
                if (count > 0) { // what is negative was written by somebody who lies
                    total = total + count < 0 ? Long.MAX_VALUE : total + count;
                    text.append(text.length() == 0 ? "" : ", ")
                            .append(count)
                            .append(' ')
                            .append(Level.canonical(severity).name())
                            .append(" (")
                            .append(reason.text())
                            .append(')');
                }
            }
        }
        RingFile.settle();
        return new RingDrops(total, text.toString());
    }
}

package io.emberlog.handler.journald;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.unix.SealedMemory;
import io.emberlog.handler.unix.UnixDatagramSocket;
import io.emberlog.handler.unix.UnixDestination;
import java.io.IOException;

/** One entry a datagram; one that is too long for it as sealed memory, which journald maps. One thread. */
final class JournaldSender implements UnixDestination.Sender {
    private final JournalEntryEncoder encoder;

    JournaldSender(JournalEntryEncoder encoder) {
        this.encoder = encoder;
    }

    @Override
    public int send(LogRecord record, UnixDatagramSocket socket) throws IOException {
        JournalEntry entry = encoder.encode(record);
        if (!socket.send(entry.bytes(), entry.length())) {
            try (SealedMemory memory = SealedMemory.of(entry.bytes(), entry.length())) {
                socket.send(memory);
            }
        }
        return entry.length();
    }
}

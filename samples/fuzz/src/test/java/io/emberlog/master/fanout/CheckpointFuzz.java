package io.emberlog.master.fanout;

import io.emberlog.fuzz.Check;
import io.emberlog.fuzz.Scratch;
import io.emberlog.message.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Bytes as a checkpoint file; from 1 in the first byte on its magic number, and from 2 on its lengths, too, and its CRC32C are made
 * right. It is the place where the handler goes on, and is the same bytes when it is stored again; or it is set aside with a
 * reason, and the handler starts at the first retained record.
 */
public final class CheckpointFuzz {
    private static final String NAME = "out";
    private static final Path STATE = Scratch.directory("checkpoint");
    private static final Path FILE = STATE.resolve("checkpoints").resolve(NAME + ".ckpt");

    private CheckpointFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        if (data[0] >= 1 && bytes.length >= CheckpointDescriptor.NAME_OFFSET + CheckpointDescriptor.TRAILER_LENGTH) {
            makeRight(bytes, data[0] >= 2);
        }
        Files.createDirectories(FILE.getParent());
        Scratch.write(FILE, bytes, 0, bytes.length);
        List<String> broken = new ArrayList<>();
        CheckpointStore store =
                new CheckpointStore(STATE, NAME, CheckpointFiles.REAL, (what, cause) -> broken.add(what));
        boolean listed = CheckpointStore.stored(STATE).containsKey(NAME);
        Checkpoint found = store.load();
        if (!broken.isEmpty()) {
            Check.same(found, Checkpoint.START, "where a broken one starts");
            Check.same(store.storedIndex(), -1L, "what is stored then");
            Check.that(!Files.exists(FILE), "it is set aside");
            Check.same(broken.size(), 1, "complaints");
            return;
        }
        Check.that(listed, "what can be loaded is listed");
        Check.that(
                found.recordsDone() >= 0 && found.documentIndex() >= -1 && found.nextSequence() >= -1,
                "a place in a journal");
        store.store(found);
        if (Bytes.getInt(bytes, CheckpointDescriptor.VERSION_OFFSET) == CheckpointDescriptor.VERSION) {
            Check.that(Arrays.equals(Files.readAllBytes(FILE), bytes), "stored again it is the same bytes");
        }
        GateState gate = GateState.decode(found.gate());
        Check.that(gate == null || gate.equals(GateState.decode(gate.encode())), "what a gate remembers, again");
    }

    private static void makeRight(byte[] bytes, boolean lengths) {
        Bytes.putLong(bytes, CheckpointDescriptor.MAGIC_OFFSET, CheckpointDescriptor.MAGIC);
        int crcOffset = bytes.length - CheckpointDescriptor.TRAILER_LENGTH;
        if (lengths) {
            byte[] name = NAME.getBytes(StandardCharsets.UTF_8);
            int room = crcOffset - CheckpointDescriptor.NAME_OFFSET;
            int length = Math.min(name.length, room);
            Bytes.putInt(bytes, CheckpointDescriptor.VERSION_OFFSET, CheckpointDescriptor.VERSION);
            Bytes.putInt(bytes, CheckpointDescriptor.NAME_LENGTH_OFFSET, length);
            int state = (room - length)
                    / (1 + (bytes[CheckpointDescriptor.STATE_LENGTH_OFFSET] & 1)); // the rest is a gate's
            Bytes.putInt(bytes, CheckpointDescriptor.STATE_LENGTH_OFFSET, state);
            System.arraycopy(name, 0, bytes, CheckpointDescriptor.NAME_OFFSET, length);
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, crcOffset);
        Bytes.putInt(bytes, crcOffset, (int) crc.getValue());
    }
}

package io.emberlog.master.fanout;

import io.emberlog.message.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Layout of a checkpoint file, version 2, little-endian, nothing aligned (it is read into a heap array).
 *
 * <pre>
 *  byte 0            8         12            16              24             32           36            40
 *       +------------+---------+-------------+---------------+--------------+------------+-------------+
 *       | "EMBERCKP" | version | recordsDone | documentIndex | nextSequence | nameLength | stateLength |
 *       +------------+---------+-------------+---------------+--------------+------------+-------------+
 *       | handler's name, UTF-8 | state | gate | crc32c of all before it |
 *       +-----------------------+-------+------+-------------------------+
 *
 *  documentIndex, nextSequence   -1: the first retained record
 *  gate                          what is left up to the crc32c ({@link GateState}); none in version 1, which is read, too
 * </pre>
 *
 * The handler's thread writes every field; it reads them at the start of each life, and the master reads nextSequence once.
 */
final class CheckpointDescriptor {
    /** "EMBERCKP" as it stands in the file. */
    static final long MAGIC = 0x504B_4352_4542_4D45L;

    static final int VERSION = 2;

    private static final int WITHOUT_GATE = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;
    static final int RECORDS_DONE_OFFSET = VERSION_OFFSET + Integer.BYTES;
    static final int DOCUMENT_INDEX_OFFSET = RECORDS_DONE_OFFSET + Integer.BYTES;
    static final int NEXT_SEQUENCE_OFFSET = DOCUMENT_INDEX_OFFSET + Long.BYTES;
    static final int NAME_LENGTH_OFFSET = NEXT_SEQUENCE_OFFSET + Long.BYTES;
    static final int STATE_LENGTH_OFFSET = NAME_LENGTH_OFFSET + Integer.BYTES;
    static final int NAME_OFFSET = STATE_LENGTH_OFFSET + Integer.BYTES;
    static final int TRAILER_LENGTH = Integer.BYTES;

    static final int MAX_NAME_LENGTH = 1 << 10;
    static final int MAX_LENGTH =
            NAME_OFFSET + MAX_NAME_LENGTH + Checkpoint.MAX_STATE_LENGTH + Checkpoint.MAX_GATE_LENGTH + TRAILER_LENGTH;

    private CheckpointDescriptor() {}

    static byte[] encode(String name, Checkpoint checkpoint) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        byte[] state = checkpoint.state();
        byte[] gate = checkpoint.gate();
        int gateOffset = NAME_OFFSET + utf8.length + state.length;
        int crcOffset = gateOffset + gate.length;
        byte[] file = new byte[crcOffset + TRAILER_LENGTH];
        Bytes.putLong(file, MAGIC_OFFSET, MAGIC);
        Bytes.putInt(file, VERSION_OFFSET, VERSION);
        Bytes.putInt(file, RECORDS_DONE_OFFSET, checkpoint.recordsDone());
        Bytes.putLong(file, DOCUMENT_INDEX_OFFSET, checkpoint.documentIndex());
        Bytes.putLong(file, NEXT_SEQUENCE_OFFSET, checkpoint.nextSequence());
        Bytes.putInt(file, NAME_LENGTH_OFFSET, utf8.length);
        Bytes.putInt(file, STATE_LENGTH_OFFSET, state.length);
        System.arraycopy(utf8, 0, file, NAME_OFFSET, utf8.length);
        System.arraycopy(state, 0, file, NAME_OFFSET + utf8.length, state.length);
        System.arraycopy(gate, 0, file, gateOffset, gate.length);
        Bytes.putInt(file, crcOffset, crc(file, crcOffset));
        return file;
    }

    /** What is wrong with these bytes as a checkpoint file, or null. */
    static String problem(byte[] file) {
        if (file.length < NAME_OFFSET + TRAILER_LENGTH || file.length > MAX_LENGTH) {
            return "length=" + file.length;
        }
        if (Bytes.getLong(file, MAGIC_OFFSET) != MAGIC) {
            return "no checkpoint: magic=" + Long.toHexString(Bytes.getLong(file, MAGIC_OFFSET));
        }
        int crcOffset = file.length - TRAILER_LENGTH;
        int expected = Bytes.getInt(file, crcOffset);
        if (crc(file, crcOffset) != expected) {
            return String.format("crc32c=%08x, the file says %08x", crc(file, crcOffset), expected);
        }
        int version = Bytes.getInt(file, VERSION_OFFSET);
        if (version != VERSION && version != WITHOUT_GATE) {
            return "version=" + version + ", this is for versions up to " + VERSION;
        }
        int nameLength = Bytes.getInt(file, NAME_LENGTH_OFFSET);
        int stateLength = Bytes.getInt(file, STATE_LENGTH_OFFSET);
        long gateLength = (long) crcOffset - NAME_OFFSET - nameLength - stateLength;
        if (nameLength < 0 || stateLength < 0 || gateLength < 0 || version == WITHOUT_GATE && gateLength > 0) {
            return "nameLength=" + nameLength + " stateLength=" + stateLength + " length=" + file.length;
        }
        int recordsDone = Bytes.getInt(file, RECORDS_DONE_OFFSET);
        long documentIndex = Bytes.getLong(file, DOCUMENT_INDEX_OFFSET);
        if (recordsDone < 0 || documentIndex < -1 || nextSequence(file) < -1) {
            return "recordsDone=" + recordsDone + " documentIndex=" + documentIndex + " nextSequence="
                    + nextSequence(file);
        }
        return null;
    }

    /** Of a file without a {@link #problem}. */
    static String name(byte[] file) {
        return new String(file, NAME_OFFSET, Bytes.getInt(file, NAME_LENGTH_OFFSET), StandardCharsets.UTF_8);
    }

    /** Of a file without a {@link #problem}. */
    static long nextSequence(byte[] file) {
        return Bytes.getLong(file, NEXT_SEQUENCE_OFFSET);
    }

    /** Of a file without a {@link #problem}. */
    static Checkpoint decode(byte[] file) {
        int stateOffset = NAME_OFFSET + Bytes.getInt(file, NAME_LENGTH_OFFSET);
        int gateOffset = stateOffset + Bytes.getInt(file, STATE_LENGTH_OFFSET);
        return new Checkpoint(
                Bytes.getLong(file, DOCUMENT_INDEX_OFFSET),
                Bytes.getInt(file, RECORDS_DONE_OFFSET),
                nextSequence(file),
                Arrays.copyOfRange(file, stateOffset, gateOffset),
                Arrays.copyOfRange(file, gateOffset, file.length - TRAILER_LENGTH));
    }

    private static int crc(byte[] file, int length) {
        CRC32C crc = new CRC32C();
        crc.update(file, 0, length);
        return (int) crc.getValue();
    }
}

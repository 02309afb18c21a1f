package io.emberlog.ring.control;

import static io.emberlog.ring.control.ControlPageDescriptor.*;

import io.emberlog.fuzz.Check;
import io.emberlog.fuzz.Scratch;
import io.emberlog.fuzz.Script;
import io.emberlog.message.Bytes;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Bytes as the two copies of a control page:
 *
 * <pre>
 *  u8   1 and 2: the CRC32C of the first and the second copy is made right | 4: the newer one is half written
 *  u16  how many bytes are of the first copy
 *  rest the copies, zeros behind them
 * </pre>
 *
 * A reader takes the newer copy that is whole, or none; what it takes is written as the same rules; its rules mean something for
 * every worker and logger; and a change on top of it is read back.
 */
public final class ControlFuzz {
    private static final Path CHANNEL = Scratch.directory("control");
    private static final byte[] PAGE = new byte[FILE_LENGTH];
    private static final Clock CLOCK = new FixedClock();

    private ControlFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Script script = new Script(data);
        int how = script.u8();
        byte[] first = script.take(script.u16());
        write(first, script.rest(), how);
        ControlPage page = ControlPage.open(CHANNEL);
        page.sequence();
        ControlSnapshot found = page.read();
        ControlSnapshot newest = newest(copy(0), copy(1));
        boolean untouched = Bytes.getLong(PAGE, copyOffset(0)) == 0 && Bytes.getLong(PAGE, copyOffset(1)) == 0;
        Check.same(found, newest == null && untouched ? ControlSnapshot.NOTHING : newest, "what the page says");
        if (newest == null) {
            return;
        }
        byte[] again = ControlCopy.encode(newest);
        if (again != null) { // bytes that are no UTF-8 come out longer
            Check.same(ControlCopy.decode(again), newest, "what is written again");
        }
        LevelTable levels = newest.levelsOf("worker-1", rule -> rule.leftNs(CLOCK) > 0);
        Check.same(newest.levelsOf("worker-1", rule -> rule.leftNs(CLOCK) > 0), levels, "levels of a worker");
        change(newest);
    }

    private static void change(ControlSnapshot before) throws IOException {
        LevelRule rule = new LevelRule("com.acme", "*", Level.WARN, 1, 2, 0, 3, 4);
        ControlSnapshot after = new ControlPageWriter(CHANNEL).change(CLOCK, (holding, sequence) -> {
            Check.that(sequence > before.sequence(), "a change has a higher number");
            return java.util.List.of(rule);
        });
        Check.same(ControlPage.open(CHANNEL).read(), after, "what the page says after the change");
        Check.same(after.rules(), java.util.List.of(rule), "rules after the change");
    }

    private static void write(byte[] first, byte[] second, int how) {
        Arrays.fill(PAGE, (byte) 0);
        Bytes.putLong(PAGE, MAGIC_OFFSET, MAGIC);
        Bytes.putInt(PAGE, VERSION_OFFSET, LAYOUT_VERSION);
        Bytes.putInt(PAGE, COPY_LENGTH_OFFSET, COPY_LENGTH);
        copy(first, 0, (how & 1) != 0);
        copy(second, 1, (how & 2) != 0);
        Scratch.write(CHANNEL.resolve(FILE_NAME), PAGE, 0, PAGE.length);
    }

    private static void copy(byte[] bytes, int which, boolean right) {
        int at = copyOffset(which);
        System.arraycopy(bytes, 0, PAGE, at, Math.min(bytes.length, COPY_LENGTH));
        if (right) {
            int length = Math.max(0, Math.min(bytes.length, COPY_LENGTH) - RULES_OFFSET) & -Long.BYTES;
            Bytes.putInt(PAGE, at + RULES_LENGTH_OFFSET, length);
            CRC32C crc = new CRC32C();
            crc.update(PAGE, at, CRC_OFFSET);
            crc.update(PAGE, at + RULES_OFFSET, length);
            Bytes.putInt(PAGE, at + CRC_OFFSET, (int) crc.getValue());
        }
    }

    private static ControlSnapshot copy(int which) {
        return ControlCopy.decode(Arrays.copyOfRange(PAGE, copyOffset(which), copyOffset(which) + COPY_LENGTH));
    }

    private static ControlSnapshot newest(ControlSnapshot first, ControlSnapshot second) {
        return first == null || second != null && second.sequence() > first.sequence() ? second : first;
    }
}

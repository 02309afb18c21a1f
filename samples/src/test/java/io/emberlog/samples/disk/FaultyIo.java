package io.emberlog.samples.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.RunLog;
import io.emberlog.samples.process.Needs;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The remote control of {@code faulty_io.c}: makes the k-th file call of a process fail, or be its last, in files below a
 * directory, for as long as one likes. One thread, beside the processes it controls; one control at a time in each of them.
 */
final class FaultyIo {
    /** Which calls. */
    enum Kind {
        OPEN(1),
        /** Opening with O_CREAT or O_TRUNC, and mkdir. */
        CREATE(2),
        READ(4),
        /** And truncations. */
        WRITE(8),
        FORCE(16),
        RENAME(32),
        UNLINK(64),
        MAP(128),
        /** Of the next entry of a directory. */
        LIST(256);

        private final int bit;

        Kind(int bit) {
            this.bit = bit;
        }
    }

    /** What becomes of them. */
    enum Action {
        EIO(5),
        ENOSPC(28),
        /** The call does the first half, and says so. Reads and writes only. */
        HALF(0),
        KILL_BEFORE(-1),
        KILL_AFTER(-2),
        /** The call does the first half, and is the last one. Of other calls than reads and writes: all of it. */
        KILL_HALF_WAY(-3);

        private final int code;

        Action(int code) {
            this.code = code;
        }
    }

    static final int FOR_EVER = 0;
    private static final long NEVER = Long.MAX_VALUE;

    private static final int ARMED_OFFSET = 0;
    private static final int MASK_OFFSET = 4;
    private static final int ACTION_OFFSET = 8;
    private static final int TIMES_OFFSET = 12;
    private static final int K_OFFSET = 16;
    private static final int MATCHED_OFFSET = 24;
    private static final int FAILED_OFFSET = 32;
    private static final int TEXT_LENGTH_OFFSET = 40;
    private static final int DIRECTORY_OFFSET = 48;
    private static final int CALLS_OFFSET = 952;
    private static final int TEXT_OFFSET = 1024;
    private static final int LENGTH = 4096;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static Path library;

    private final Path file;
    private final MappedByteBuffer control;

    private FaultyIo(Path file, MappedByteBuffer control) {
        this.file = file;
        this.control = control;
    }

    /** Skips the test where there is no C compiler. */
    static FaultyIo create(Path controlFile) throws IOException, InterruptedException {
        build();
        return control(controlFile);
    }

    /** For a process that is itself under this control. */
    static FaultyIo control(Path controlFile) throws IOException {
        try (FileChannel channel = FileChannel.open(
                controlFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer control = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH);
            control.order(ByteOrder.nativeOrder());
            return new FaultyIo(controlFile, control);
        }
    }

    private static synchronized void build() throws IOException, InterruptedException {
        if (library != null) {
            return;
        }
        Needs.program("gcc libc6-dev", "cc", "--version");
        Path made = Files.createDirectories(Path.of("target").toAbsolutePath()).resolve("faulty_io.so");
        Process cc = new ProcessBuilder(
                        "cc",
                        "-shared",
                        "-fPIC",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-o",
                        made.toString(),
                        RunLog.root().resolve("samples/src/test/c/faulty_io.c").toString(),
                        "-ldl")
                .redirectErrorStream(true)
                .start();
        String said = new String(cc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(cc.waitFor()).as(said).isZero();
        library = made;
    }

    /** Starts a process under this control. */
    UnaryOperator<ProcessBuilder> way() {
        return builder -> {
            builder.environment().put("LD_PRELOAD", library.toString());
            builder.environment().put("FAULTY_IO_CONTROL", file.toString());
            return builder;
        };
    }

    /**
     * From now on.
     *
     * @param directory of the files, at any depth
     * @param k which of the calls counted from now on, over all threads; from 1
     * @param times how many of them from there on, or {@link #FOR_EVER}
     */
    void arm(Set<Kind> kinds, Path directory, Action action, long k, int times) {
        heal();
        byte[] path = directory.toString().getBytes(StandardCharsets.UTF_8);
        assertThat(path.length).isLessThan(CALLS_OFFSET - DIRECTORY_OFFSET);
        control.put(DIRECTORY_OFFSET, path).put(DIRECTORY_OFFSET + path.length, (byte) 0);
        control.putInt(MASK_OFFSET, kinds.stream().mapToInt(kind -> kind.bit).sum());
        control.putInt(ACTION_OFFSET, action.code);
        control.putInt(TIMES_OFFSET, times);
        control.putLong(K_OFFSET, k);
        control.putLong(MATCHED_OFFSET, 0);
        control.putLong(FAILED_OFFSET, 0);
        control.putLong(TEXT_LENGTH_OFFSET, 0);
        for (Kind kind : Kind.values()) {
            control.putLong(offset(kind), 0);
        }
        INT.setVolatile(control, ARMED_OFFSET, 1);
    }

    /** Only counts. */
    void count(Path directory) {
        arm(Set.of(), directory, Action.EIO, NEVER, 1);
    }

    /** Calls of that kind there since {@link #arm} or {@link #count}, whatever was to fail. */
    long calls(Kind kind) {
        return (long) LONG.getVolatile(control, offset(kind));
    }

    private static int offset(Kind kind) {
        return CALLS_OFFSET + Integer.numberOfTrailingZeros(kind.bit) * Long.BYTES;
    }

    /** From now on all calls do what they should. */
    void heal() {
        INT.setVolatile(control, ARMED_OFFSET, 0);
    }

    /** How many have failed since {@link #arm}. */
    long failed() {
        return (long) LONG.getVolatile(control, FAILED_OFFSET);
    }

    /** Kind and path of the last one that failed. */
    String last() {
        byte[] text = new byte[(int) control.getLong(TEXT_LENGTH_OFFSET)];
        control.get(TEXT_OFFSET, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}

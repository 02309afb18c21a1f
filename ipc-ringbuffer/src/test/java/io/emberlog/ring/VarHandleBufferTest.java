package io.emberlog.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VarHandleBufferTest {
    private static final int SIZE = 16 * 1024;
    private static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    @TempDir
    Path directory;

    private VarHandleBuffer mapped() throws IOException {
        try (FileChannel channel = FileChannel.open(
                Files.createTempFile(directory, "mapped", null), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new VarHandleBuffer(channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE));
        }
    }

    private static VarHandleBuffer heapSlice() {
        VarHandleBuffer buffer = new VarHandleBuffer(new byte[0]);
        buffer.wrap(new byte[SIZE + 48], 24, SIZE);
        return buffer;
    }

    private List<VarHandleBuffer> all() throws IOException {
        return List.of(
                new VarHandleBuffer(new byte[SIZE]),
                heapSlice(),
                new VarHandleBuffer(ByteBuffer.allocateDirect(SIZE)),
                mapped());
    }

    @Test
    void plainAccessIsLittleEndianAtAnyOffset() throws Exception {
        for (VarHandleBuffer b : all()) {
            assertThat(b.capacity()).isEqualTo(SIZE);
            for (int at = 100; at < 109; at++) {
                b.putLong(at, 0x0102030405060708L);
                assertThat(b.getLong(at)).isEqualTo(0x0102030405060708L);
                assertThat(b.getLong(at, BIG)).isEqualTo(0x0807060504030201L);
                assertThat(b.getByte(at)).isEqualTo((byte) 8);
                assertThat(b.getInt(at)).isEqualTo(0x05060708);
                assertThat(b.getInt(at, BIG)).isEqualTo(0x08070605);
                assertThat(b.getShort(at)).isEqualTo((short) 0x0708);
                assertThat(b.getShort(at, BIG)).isEqualTo((short) 0x0807);
                assertThat(b.getChar(at)).isEqualTo((char) 0x0708);
                assertThat(b.getChar(at, BIG)).isEqualTo((char) 0x0807);
                b.putLong(at, 0x0102030405060708L, BIG);
                assertThat(b.getLong(at, LITTLE)).isEqualTo(0x0807060504030201L);
                b.putInt(at, 0x01020304, BIG);
                assertThat(b.getInt(at, LITTLE)).isEqualTo(0x04030201);
                b.putInt(at, -5);
                assertThat(b.getInt(at)).isEqualTo(-5);
                b.putShort(at, (short) 0x0102, BIG);
                assertThat(b.getShort(at, LITTLE)).isEqualTo((short) 0x0201);
                b.putShort(at, (short) -2);
                assertThat(b.getShort(at)).isEqualTo((short) -2);
                b.putChar(at, 'ä', BIG);
                assertThat(b.getChar(at, BIG)).isEqualTo('ä');
                b.putChar(at, '€');
                assertThat(b.getChar(at)).isEqualTo('€');
                b.putDouble(at, 1.25);
                assertThat(b.getDouble(at)).isEqualTo(1.25);
                assertThat(b.getLong(at)).isEqualTo(Double.doubleToRawLongBits(1.25));
                b.putDouble(at, 1.5, BIG);
                assertThat(b.getDouble(at, BIG)).isEqualTo(1.5);
                b.putFloat(at, 2.5f);
                assertThat(b.getFloat(at)).isEqualTo(2.5f);
                b.putFloat(at, 3.5f, BIG);
                assertThat(b.getFloat(at, BIG)).isEqualTo(3.5f);
                b.putByte(at, (byte) -7);
                assertThat(b.getByte(at)).isEqualTo((byte) -7);
            }
        }
    }

    @Test
    void orderedAndAtomicAccessWorksOutsideTheHeap() throws Exception {
        for (VarHandleBuffer b : List.of(new VarHandleBuffer(ByteBuffer.allocateDirect(SIZE)), mapped())) {
            b.verifyAlignment();
            b.putLongVolatile(8, 1);
            assertThat(b.getLongVolatile(8)).isEqualTo(1);
            b.putLongOrdered(8, 2);
            assertThat(b.getLongAcquire(8)).isEqualTo(2);
            b.putLongRelease(8, 3);
            assertThat(b.getLongOpaque(8)).isEqualTo(3);
            b.putLongOpaque(8, 4);
            assertThat(b.addLongOrdered(8, 10)).isEqualTo(4);
            assertThat(b.addLongRelease(8, 10)).isEqualTo(14);
            assertThat(b.addLongOpaque(8, 10)).isEqualTo(24);
            assertThat(b.compareAndSetLong(8, 1, 2)).isFalse();
            assertThat(b.compareAndSetLong(8, 34, 35)).isTrue();
            assertThat(b.compareAndExchangeLong(8, 35, 36)).isEqualTo(35);
            assertThat(b.compareAndExchangeLong(8, 35, 37)).isEqualTo(36);
            assertThat(b.getAndSetLong(8, -1)).isEqualTo(36);
            assertThat(b.getAndAddLong(8, 3)).isEqualTo(-1);
            assertThat(b.getLong(8)).isEqualTo(2);

            b.putIntVolatile(4, 1);
            assertThat(b.getIntVolatile(4)).isEqualTo(1);
            b.putIntOrdered(4, 2);
            assertThat(b.getIntAcquire(4)).isEqualTo(2);
            b.putIntRelease(4, 3);
            assertThat(b.getIntOpaque(4)).isEqualTo(3);
            b.putIntOpaque(4, 4);
            assertThat(b.addIntOrdered(4, 10)).isEqualTo(4);
            assertThat(b.addIntRelease(4, 10)).isEqualTo(14);
            assertThat(b.addIntOpaque(4, 10)).isEqualTo(24);
            assertThat(b.compareAndSetInt(4, 1, 2)).isFalse();
            assertThat(b.compareAndSetInt(4, 34, 35)).isTrue();
            assertThat(b.compareAndExchangeInt(4, 35, 36)).isEqualTo(35);
            assertThat(b.getAndSetInt(4, -1)).isEqualTo(36);
            assertThat(b.getAndAddInt(4, 3)).isEqualTo(-1);
            assertThat(b.getInt(4)).isEqualTo(2);

            b.putShortVolatile(2, (short) 9);
            assertThat(b.getShortVolatile(2)).isEqualTo((short) 9);
            b.putCharVolatile(2, 'x');
            assertThat(b.getCharVolatile(2)).isEqualTo('x');
            b.putByteVolatile(1, (byte) 5);
            assertThat(b.getByteVolatile(1)).isEqualTo((byte) 5);
            assertThatThrownBy(() -> b.getLongVolatile(12)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void bulkCopiesMoveExactlyTheBytesAskedFor() throws Exception {
        byte[] pattern = new byte[100];
        new SplittableRandom(1).nextBytes(pattern);
        for (VarHandleBuffer from : all()) {
            for (VarHandleBuffer to : all()) {
                from.putBytes(11, pattern);
                to.setMemory(0, SIZE, (byte) 0);
                to.putBytes(200, from, 16, 50);
                assertPattern(to, 200, pattern, 5, 50);
                to.setMemory(0, SIZE, (byte) 0);
                from.getBytes(16, to, 300, 50);
                assertPattern(to, 300, pattern, 5, 50);
            }
            from.setMemory(0, SIZE, (byte) 0);
            from.putBytes(20, pattern, 3, 40);
            assertPattern(from, 20, pattern, 3, 40);
            byte[] out = new byte[60];
            from.getBytes(20, out, 10, 40);
            assertThat(out).startsWith(new byte[10]).endsWith(new byte[10]);
            byte[] exact = new byte[40];
            from.getBytes(20, exact);
            assertThat(exact).isEqualTo(java.util.Arrays.copyOfRange(pattern, 3, 43));

            ByteBuffer source = ByteBuffer.wrap(pattern).position(7);
            from.setMemory(0, SIZE, (byte) 0);
            from.putBytes(1000, source, 30);
            assertThat(source.position()).isEqualTo(37);
            assertPattern(from, 1000, pattern, 7, 30);
            from.putBytes(2000, source, 2, 30);
            assertThat(source.position()).isEqualTo(37);
            assertThat(from.getByte(2000)).isEqualTo(pattern[2]);
            ByteBuffer target = ByteBuffer.allocate(100).position(9);
            from.getBytes(1000, target, 30);
            assertThat(target.position()).isEqualTo(39);
            assertThat(target.get(9)).isEqualTo(pattern[7]);
            from.getBytes(1000, target, 60, 30);
            assertThat(target.get(89)).isEqualTo(pattern[36]);
        }
    }

    private static void assertPattern(VarHandleBuffer b, int at, byte[] pattern, int from, int length) {
        for (int i = 0; i < length; i++) {
            assertThat(b.getByte(at + i)).isEqualTo(pattern[from + i]);
        }
        assertThat(b.getByte(at - 1)).isZero();
        assertThat(b.getByte(at + length)).isZero();
    }

    @Test
    void setMemoryFillsExactlyItsRange() throws Exception {
        for (VarHandleBuffer b : all()) {
            for (byte value : new byte[] {7, 0}) {
                for (int length : new int[] {0, 1, 4095, 4096, 4097, 9000}) {
                    for (int i = 0; i < SIZE; i += 8) {
                        b.putLong(i, -1);
                    }
                    b.setMemory(100, length, value);
                    assertThat(b.getByte(99)).isEqualTo((byte) -1);
                    assertThat(b.getByte(100 + length)).isEqualTo((byte) -1);
                    for (int i = 100; i < 100 + length; i++) {
                        assertThat(b.getByte(i) == value).isTrue();
                    }
                }
            }
        }
    }

    @Test
    void nothingOutsideTheBufferCanBeTouched() throws Exception {
        for (VarHandleBuffer b : all()) {
            byte[] bytes = new byte[16];
            List<Runnable> outside = List.of(
                    () -> b.getByte(SIZE),
                    () -> b.getByte(-1),
                    () -> b.putByte(SIZE, (byte) 1),
                    () -> b.getLong(SIZE - 7),
                    () -> b.putLong(SIZE - 7, 1),
                    () -> b.getInt(SIZE - 3),
                    () -> b.setMemory(SIZE - 1, 2, (byte) 0),
                    () -> b.setMemory(0, -1, (byte) 0),
                    () -> b.setMemory(Integer.MAX_VALUE, 2, (byte) 0),
                    () -> b.getBytes(SIZE - 15, bytes),
                    () -> b.putBytes(SIZE - 15, bytes),
                    () -> b.putBytes(0, b, SIZE - 3, 4),
                    () -> b.putBytes(0, bytes, 10, 7),
                    () -> b.boundsCheck(SIZE, 1),
                    () -> b.boundsCheck(Integer.MAX_VALUE, Integer.MAX_VALUE),
                    () -> b.checkLimit(SIZE + 1),
                    () -> b.checkLimit(-1));
            for (int i = 0; i < outside.size(); i++) {
                assertThatThrownBy(outside.get(i)::run).as("case %d", i).isInstanceOf(IndexOutOfBoundsException.class);
            }
            b.boundsCheck(SIZE, 0);
            b.checkLimit(SIZE);
        }
        for (VarHandleBuffer b : List.of(new VarHandleBuffer(ByteBuffer.allocateDirect(SIZE)), mapped())) {
            List<Runnable> outside = List.of(
                    () -> b.getIntVolatile(SIZE),
                    () -> b.getLongVolatile(-8),
                    () -> b.putLongRelease(SIZE, 1),
                    () -> b.getAndAddLong(SIZE, 1),
                    () -> b.compareAndSetLong(SIZE, 0, 1));
            for (int i = 0; i < outside.size(); i++) {
                assertThatThrownBy(outside.get(i)::run).as("case %d", i).isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void wrapsShowTheirOwnPieceOnly() {
        byte[] bytes = new byte[64];
        VarHandleBuffer whole = new VarHandleBuffer(bytes);
        VarHandleBuffer piece = new VarHandleBuffer(new byte[0]);
        piece.wrap(whole, 16, 8);
        piece.putLong(0, -1);
        assertThat(piece.capacity()).isEqualTo(8);
        assertThat(whole.getLong(16)).isEqualTo(-1);
        assertThat(piece.byteArray()).isSameAs(bytes);
        assertThat(piece.wrapAdjustment()).isEqualTo(16);
        assertThat(piece.byteBuffer()).isNull();

        ByteBuffer direct = ByteBuffer.allocateDirect(64);
        VarHandleBuffer outer = new VarHandleBuffer(direct.position(8).limit(24));
        assertThat(outer.capacity()).as("position and limit are the caller's").isEqualTo(64);
        outer.putLong(56, 3);
        piece.wrap(outer, 8, 16);
        piece.putLong(8, 5);
        assertThat(outer.getLong(16)).isEqualTo(5);
        assertThat(piece.byteArray()).isNull();
        piece.wrap(outer);
        assertThat(piece.getLong(56)).isEqualTo(3);
        piece.wrap(direct, 0, 8);
        assertThat(piece.capacity()).isEqualTo(8);
        assertThat(piece.isExpandable()).isFalse();
    }

    @Test
    void aMappingThatIsNotAlignedIsRefused() {
        ByteBuffer direct = ByteBuffer.allocateDirect(128);
        int odd = 8 - direct.alignmentOffset(0, 8) + 4;
        VarHandleBuffer buffer = new VarHandleBuffer(direct.slice(odd, 64));

        assertThatThrownBy(buffer::verifyAlignment).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void buffersCompareByTheirBytes() {
        VarHandleBuffer one = new VarHandleBuffer(new byte[] {1, (byte) 200});
        assertThat(one).isEqualByComparingTo(one);
        assertThat(one.compareTo(new VarHandleBuffer(new byte[] {1, 100}))).isPositive();
        assertThat(one.compareTo(new VarHandleBuffer(new byte[] {1, (byte) 200, 0})))
                .isNegative();
    }

    @Test
    void everyMethodThatWouldNeedRawMemoryOrTextSaysThatItIsNotSupported() throws Exception {
        VarHandleBuffer buffer = new VarHandleBuffer(new byte[64]);
        List<String> left = new ArrayList<>();
        for (Method method : TextlessAtomicBuffer.class.getDeclaredMethods()) {
            if (method.isSynthetic() || java.lang.reflect.Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            Object[] arguments = new Object[method.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) {
                Class<?> type = method.getParameterTypes()[i];
                arguments[i] = type == int.class ? (Object) 0 : type == long.class ? (Object) 0L : null;
            }
            try {
                method.invoke(buffer, arguments);
                left.add(method.toString());
            } catch (InvocationTargetException e) {
                assertThat(e.getCause())
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageStartingWith(method.getName());
            }
        }
        assertThat(left).isEmpty();
        assertThatThrownBy(buffer::addressOffset).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> buffer.wrap(0L, 1)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void agronasOwnRingRunsOverItOnBothSides() throws Exception {
        for (VarHandleBuffer buffer :
                List.of(new VarHandleBuffer(ByteBuffer.allocateDirect(4096 + RingBufferDescriptor.TRAILER_LENGTH)))) {
            ManyToOneRingBuffer ring = new ManyToOneRingBuffer(buffer);
            for (VarHandleBuffer source : all()) {
                SplittableRandom random = new SplittableRandom(9);
                for (int round = 0; round < 5000; round++) {
                    int length = random.nextInt(400);
                    for (int i = 0; i < length; i++) {
                        source.putByte(64 + i, (byte) (round + i));
                    }
                    int expected = round;
                    assertThat(ring.write(3, source, 64, length)).isTrue();
                    // a first read can find the padding of a wrap only
                    int read = ring.read((type, bytes, index, size) -> {
                        assertThat(size).isEqualTo(length);
                        for (int i = 0; i < size; i++) {
                            assertThat(bytes.getByte(index + i) == (byte) (expected + i))
                                    .isTrue();
                        }
                    });
                    assertThat(read > 0 || ring.read((type, bytes, index, size) -> {}) > 0)
                            .isTrue();
                }
            }
        }
    }
}

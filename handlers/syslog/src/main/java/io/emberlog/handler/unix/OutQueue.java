package io.emberlog.handler.unix;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;

/**
 * How much of what was sent has not arrived (SIOCOUTQ of {@code tcp(7)} and {@code unix(7)}): of TCP, what the other kernel has not
 * acknowledged; of local datagrams, what has not been read. Stateless.
 */
public final class OutQueue {
    private static final int IPPROTO_TCP = 6;

    private static final int TCP_USER_TIMEOUT = 18;
    private static final long SIOCOUTQ = 0x5411;
    private static final Method DESCRIPTOR = descriptorMethod();

    private OutQueue() {}

    /** Bytes not acknowledged; -1 where that cannot be asked. */
    public static int bytes(SocketChannel channel) {
        int descriptor = descriptor(channel);
        LibC.Calls c = LibC.callsOrNull();
        return descriptor < 0 || c == null ? -1 : bytes(c, descriptor);
    }

    static int bytes(LibC.Calls c, int descriptor) {
        byte[] value = new byte[Integer.BYTES];
        return c.ioctl(descriptor, SIOCOUTQ, value) == 0 ? LibC.intOf(value) : -1;
    }

    /** After so long without an acknowledgement the kernel ends the connection; without this, after a quarter of an hour. */
    public static void limit(SocketChannel channel, int milliseconds) {
        int descriptor = descriptor(channel);
        LibC.Calls c = LibC.callsOrNull();
        if (descriptor >= 0 && c != null) {
            byte[] value = new byte[Integer.BYTES];
            ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).putInt(milliseconds);
            c.setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, value, value.length);
        }
    }

    private static int descriptor(SocketChannel channel) {
        if (DESCRIPTOR == null || !DESCRIPTOR.getDeclaringClass().isInstance(channel)) {
            return -1;
        }
        try {
            return (Integer) DESCRIPTOR.invoke(channel);
        } catch (IllegalAccessException | InvocationTargetException e) {
            return -1;
        }
    }

    /** The interface is the JDK's own; a master has it open for Chronicle Queue (docs/configuration.md). */
    private static Method descriptorMethod() {
        try {
            return Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}

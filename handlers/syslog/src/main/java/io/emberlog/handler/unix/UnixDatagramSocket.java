package io.emberlog.handler.unix;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import jnr.constants.platform.Errno;
import jnr.constants.platform.SocketLevel;
import jnr.constants.platform.SocketOption;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * Sends datagrams to a Unix socket with a name ({@code unix(7)}), each taken whole or not at all. The receiver's queue is short, and a
 * full one makes the sender wait, so nothing is dropped on the way. One thread.
 *
 * <p>{@link #awaitRead} tells what a datagram socket has no word for: that the receiver has read all that was sent. The kernel
 * charges a datagram to its sender until it is read or thrown away (SIOCOUTQ), and it throws away what waits when the receiver
 * ends. A receiver that is still there afterwards has read it all; it is still there when its name leads to the same file as at the
 * beginning, for such a file belongs to one socket, and that socket can be connected to. (A file that is made within the same tick
 * of the kernel's clock and gets the same inode cannot be told from the one before.)
 */
public final class UnixDatagramSocket implements AutoCloseable {
    /** Bytes of a path, without the zero behind it. */
    private static final int MAX_PATH = 107;

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SCM_RIGHTS = 1;
    private static final int NONE = -1;

    /** struct msghdr, of a 64-bit Linux: name, its length, iov, their count, control, its length, flags. */
    private static final int MSGHDR_LENGTH = 56;

    private static final int MSGHDR_CONTROL = 32;
    private static final int MSGHDR_CONTROL_LENGTH = 40;

    /** struct cmsghdr: length (8), level (4), type (4), then the descriptor (4), up to a multiple of 8. */
    private static final int CMSG_LEVEL = MSGHDR_LENGTH + 8;

    private static final int CMSG_TYPE = CMSG_LEVEL + 4;
    private static final int CMSG_DATA = CMSG_TYPE + 4;
    private static final int CMSG_LENGTH = 20;
    private static final int CMSG_SPACE = 24;

    private static final long FIRST_PARK_NS = 20_000;
    private static final long LONGEST_PARK_NS = 5_000_000;

    private final LibC.Calls c;
    private final Path path;
    private final byte[] address;
    private final Duration timeout;
    private final Object file;
    private int socket;

    private UnixDatagramSocket(LibC.Calls c, Path path, byte[] address, Duration timeout, Object file, int socket) {
        this.c = c;
        this.path = path;
        this.address = address;
        this.timeout = timeout;
        this.file = file;
        this.socket = socket;
    }

    /**
     * @param timeout how long a call waits for the receiver to read
     * @throws IOException nobody listens there, or this system has no such sockets
     */
    public static UnixDatagramSocket connect(Path path, Duration timeout) throws IOException {
        LibC.Calls c = LibC.calls();
        byte[] address = address(path);
        Object file = fileAt(path);
        int socket = c.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (socket < 0) {
            throw LibC.failed("socket");
        }
        UnixDatagramSocket made = new UnixDatagramSocket(c, path, address, timeout, file, socket);
        try {
            made.limitWaits();
            made.connect();
            return made;
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private static byte[] address(Path path) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_PATH) {
            throw new IOException(path + " has " + name.length + " bytes; allowed: " + MAX_PATH);
        }
        byte[] address = ByteBuffer.allocate(Short.BYTES + name.length + 1)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put(name)
                .array();
        return address;
    }

    /** Device, inode, and when it was made, for an inode's number is given anew at once; through links. */
    private static Object fileAt(Path path) throws IOException {
        try {
            Map<String, Object> facts = Files.readAttributes(path, "unix:dev,ino,ctime");
            return Map.copyOf(facts);
        } catch (NoSuchFileException e) {
            throw new IOException(path + ": there is no such socket", e);
        }
    }

    private void limitWaits() throws IOException {
        byte[] timeval = ByteBuffer.allocate(2 * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(timeout.toSeconds())
                .putLong(timeout.toNanosPart() / 1000)
                .array();
        int level = SocketLevel.SOL_SOCKET.intValue();
        if (c.setsockopt(socket, level, SocketOption.SO_SNDTIMEO.intValue(), timeval, timeval.length) != 0) {
            throw LibC.failed("setsockopt");
        }
    }

    private void connect() throws IOException {
        if (c.connect(socket, address, address.length) != 0) {
            throw LibC.failed(path.toString());
        }
    }

    /**
     * @param message sent from its start
     * @return false when it is longer than a datagram can be here
     * @throws SocketTimeoutException the receiver did not read within the timeout
     * @throws IOException it has ended
     */
    public boolean send(byte[] message, int length) throws IOException {
        long result;
        do {
            result = c.send(socket, message, length, MSG_NOSIGNAL);
        } while (result < 0 && wasInterrupted());
        if (result < 0 && isTooLong(LibC.errno())) {
            return false;
        }
        check(result);
        return true;
    }

    /** Passes a file to the receiver, which gets a descriptor of its own; this one stays the caller's. */
    public void send(SealedMemory memory) throws IOException {
        Pointer header = Memory.allocateDirect(LibC.runtime(), MSGHDR_LENGTH + CMSG_SPACE, true);
        header.putLong(MSGHDR_CONTROL, header.address() + MSGHDR_LENGTH);
        header.putLong(MSGHDR_CONTROL_LENGTH, CMSG_SPACE);
        header.putLong(MSGHDR_LENGTH, CMSG_LENGTH);
        header.putInt(CMSG_LEVEL, SocketLevel.SOL_SOCKET.intValue());
        header.putInt(CMSG_TYPE, SCM_RIGHTS);
        header.putInt(CMSG_DATA, memory.descriptor());
        long result;
        do {
            result = c.sendmsg(socket, header, MSG_NOSIGNAL);
        } while (result < 0 && wasInterrupted());
        check(result);
    }

    private void check(long result) throws IOException {
        if (result >= 0) {
            return;
        }
        int errno = LibC.errno();
        if (errno == Errno.EAGAIN.intValue()) {
            throw unread();
        }
        throw LibC.failed(path.toString(), errno);
    }

    private static boolean wasInterrupted() {
        return LibC.errno() == Errno.EINTR.intValue();
    }

    private static boolean isTooLong(int errno) {
        return errno == Errno.EMSGSIZE.intValue() || errno == Errno.ENOBUFS.intValue();
    }

    private SocketTimeoutException unread() {
        return new SocketTimeoutException(path + ": nothing was read from it within " + timeout.toMillis() + " ms");
    }

    /**
     * Returns when the receiver has read all that was sent.
     *
     * @throws SocketTimeoutException it has not read all of it within the timeout; what is in its queue stays there
     * @throws IOException it has ended, and perhaps before it had read all
     */
    public void awaitRead() throws IOException {
        long startNs = System.nanoTime();
        long parkNs = FIRST_PARK_NS;
        while (OutQueue.bytes(c, socket) > 0) {
            if (System.nanoTime() - startNs > timeout.toNanos()) {
                throw unread();
            }
            LockSupport.parkNanos(parkNs);
            parkNs = Math.min(2 * parkNs, LONGEST_PARK_NS);
        }
        connect();
        if (!file.equals(fileAt(path))) {
            throw new IOException(path + ": another socket has this name now");
        }
    }

    @Override
    public void close() {
        if (socket != NONE) {
            c.close(socket);
            socket = NONE;
        }
    }
}

package io.emberlog.handler.unix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/** A Unix datagram socket with a name, and a thread that reads it while it is told to. */
public final class UnixReceiver implements AutoCloseable {
    /** C's. */
    public interface Calls {
        int socket(int domain, int type, int protocol);

        int bind(int socket, @In byte[] address, int length);

        long recv(int socket, @Out byte[] into, long length, int flags);

        int close(int socket);
    }

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 0x80002;
    private static final int MSG_DONTWAIT = 0x40;

    private final Calls c = LibraryLoader.loadLibrary(Calls.class, Map.<LibraryOption, Object>of(), "c");
    private final Path path;
    private final List<String> received = new ArrayList<>();
    private final Thread thread = new Thread(this::read, "unix-receiver");
    private final byte[] buffer = new byte[512 * 1024];

    private int socket = -1;
    private boolean paused;
    private volatile boolean closed;

    public UnixReceiver(Path path) throws IOException {
        this.path = path;
        listen();
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the socket with what was not read, and makes another one of that name. */
    public synchronized void restart() throws IOException {
        Object before = Files.readAttributes(path, "unix:ino,ctime");
        do { // within a tick of the kernel's clock, a new file is the old one
            end();
            listen();
        } while (before.equals(Files.readAttributes(path, "unix:ino,ctime")));
    }

    /** Ends the socket with what was not read; its name stays, as that of a process that was killed. */
    public synchronized void end() {
        c.close(socket);
        socket = -1;
    }

    private void listen() throws IOException {
        Files.deleteIfExists(path);
        socket = c.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        byte[] address = ByteBuffer.allocate(Short.BYTES + name.length + 1)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put(name)
                .array();
        if (c.bind(socket, address, address.length) != 0) {
            throw new IOException("cannot bind " + path);
        }
    }

    public synchronized void pause(boolean on) {
        paused = on;
    }

    /** All that was read; what the sender knows to have been read is among it. */
    public synchronized List<String> received() {
        return List.copyOf(received);
    }

    private void read() {
        while (!closed) {
            if (!readOne()) {
                LockSupport.parkNanos(100_000);
            }
        }
    }

    private synchronized boolean readOne() {
        if (paused || socket < 0) {
            return false;
        }
        long length = c.recv(socket, buffer, buffer.length, MSG_DONTWAIT);
        if (length < 0) {
            return false;
        }
        received.add(new String(Arrays.copyOf(buffer, (int) length), StandardCharsets.UTF_8));
        return true;
    }

    @Override
    public void close() {
        closed = true;
        end();
    }
}

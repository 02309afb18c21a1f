package io.emberlog.master;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;

/**
 * Tells systemd what this service does ({@code Type=notify}): the protocol of {@code sd_notify(3)}, one datagram per
 * message to the socket that {@code NOTIFY_SOCKET} names. Without that variable there is nobody to tell. Any thread; never
 * throws and never blocks: the socket is non-blocking, and a message that cannot be sent is not sent.
 */
final class SystemdNotifier {
    /** The calls of libc that the JDK has no equal for: datagrams over Unix sockets. */
    public interface LibC {
        int socket(int domain, int type, int protocol);

        long sendto(int socket, byte[] message, long length, int flags, byte[] address, int addressLength);

        int close(int socket);
    }

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MAX_PATH = 107;

    private final LibC libc;
    private final byte[] address;
    private final long watchdogIntervalNs;

    private SystemdNotifier(LibC libc, byte[] address, long watchdogIntervalNs) {
        this.libc = libc;
        this.address = address;
        this.watchdogIntervalNs = watchdogIntervalNs;
    }

    /** Empty when no systemd listens, or where libc cannot be called. */
    static Optional<SystemdNotifier> of(Map<String, String> environment) {
        String socket = environment.get("NOTIFY_SOCKET");
        if (socket == null || !(socket.startsWith("/") || socket.startsWith("@"))) {
            return Optional.empty();
        }
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        if (path.length > MAX_PATH) {
            return Optional.empty();
        }
        byte[] address = new byte[Short.BYTES + path.length];
        address[0] = AF_UNIX;
        System.arraycopy(path, 0, address, Short.BYTES, path.length);
        if (address[Short.BYTES] == '@') {
            address[Short.BYTES] = 0;
        }
        try {
            LibC libc = LibraryLoader.loadLibrary(LibC.class, Map.<LibraryOption, Object>of(), "c");
            return Optional.of(new SystemdNotifier(libc, address, watchdogInterval(environment)));
        } catch (RuntimeException | LinkageError e) {
            return Optional.empty();
        }
    }

    /** Half of what systemd waits for, as its manual advises; 0 when it does not watch this process. */
    private static long watchdogInterval(Map<String, String> environment) {
        String pid = environment.get("WATCHDOG_PID");
        String microseconds = environment.get("WATCHDOG_USEC");
        boolean ours =
                pid == null || pid.equals(Long.toString(ProcessHandle.current().pid()));
        if (!ours || microseconds == null || !microseconds.matches("\\d{1,15}")) {
            return 0;
        }
        return TimeUnit.MICROSECONDS.toNanos(Long.parseLong(microseconds)) / 2;
    }

    /** How often {@link #watchdog} is wanted; 0 = not at all. */
    long watchdogIntervalNs() {
        return watchdogIntervalNs;
    }

    /** Rings are being drained. */
    void ready(String status) {
        send("READY=1\nSTATUS=" + status + "\nMAINPID="
                + ProcessHandle.current().pid());
    }

    /** Reading the configuration again; {@link #ready} ends it. */
    void reloading() {
        // nanoTime is CLOCK_MONOTONIC on Linux, which is what systemd compares it with (Type=notify-reload)
        send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    /** Still at work. */
    void watchdog() {
        send("WATCHDOG=1");
    }

    /** Draining the rest. */
    void stopping() {
        send("STOPPING=1\nSTATUS=draining");
    }

    private void send(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        int socket = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (socket >= 0) {
            libc.sendto(socket, bytes, bytes.length, MSG_NOSIGNAL, address, address.length);
            libc.close(socket);
        }
    }
}

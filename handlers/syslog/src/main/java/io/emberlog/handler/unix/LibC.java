package io.emberlog.handler.unix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/** The C library's calls. Any thread; {@link #errno} is that of the thread's last call. */
final class LibC {
    /** As C declares them; public for the library that implements it. */
    public interface Calls {
        int socket(int domain, int type, int protocol);

        int connect(int socket, @In byte[] address, int length);

        int setsockopt(int socket, int level, int option, @In byte[] value, int length);

        long send(int socket, @In byte[] message, long length, int flags);

        long sendmsg(int socket, @In Pointer header, int flags);

        int ioctl(int descriptor, long request, @Out byte[] value);

        int memfd_create(@In byte[] name, int flags);

        long write(int descriptor, @In byte[] bytes, long length);

        int fcntl(int descriptor, int command, long argument);

        int close(int descriptor);
    }

    private static final String NEEDS =
            "needs Linux on a 64-bit processor, and a temp directory without noexec for" + " the library that calls C";

    private static final Calls CALLS = load();

    private LibC() {}

    /** @throws IOException where it cannot be called */
    static Calls calls() throws IOException {
        if (CALLS == null) {
            throw new IOException(NEEDS);
        }
        return CALLS;
    }

    /** Null where it cannot be called. */
    static Calls callsOrNull() {
        return CALLS;
    }

    static Runtime runtime() {
        return Runtime.getRuntime(CALLS);
    }

    static int errno() {
        return LastError.getLastError(runtime());
    }

    /** {@code connect(/dev/log): Connection refused}. */
    static IOException failed(String call) {
        return failed(call, errno());
    }

    static IOException failed(String call, int errno) {
        return new IOException(call + ": " + Errno.valueOf(errno).description());
    }

    /** An {@code int} that a call has written. */
    static int intOf(byte[] value) {
        return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    private static Calls load() {
        try {
            if (!"Linux".equals(System.getProperty("os.name"))) {
                return null;
            }
            Calls calls = LibraryLoader.loadLibrary(Calls.class, Map.<LibraryOption, Object>of(), "c");
            return Runtime.getRuntime(calls).addressSize() == Long.BYTES ? calls : null;
        } catch (RuntimeException | LinkageError e) {
            return null; // a platform without the library, or a temp directory without exec
        }
    }
}

package io.emberlog.master.cli;

import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** Ends a command with an exit code and one clear line on stderr. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * @param exitCode one of {@link ExitCodes}
     * @param message what is wrong and what to do, without a prefix
     */
    public CliException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** As the other, with the reason for {@code --debug}. */
    public CliException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /**
     * What to say when the system refuses a file: the JDK's own messages are often the bare name.
     *
     * @param fallback names the file when the exception does not
     */
    static CliException io(IOException e, Object fallback) {
        String file = e instanceof FileSystemException named && named.getFile() != null
                ? named.getFile()
                : String.valueOf(fallback);
        String why = IoReason.why(e);
        return new CliException(
                ExitCodes.IO, file + ": " + (e instanceof FileSystemException ? "" : "cannot be used: ") + why, e);
    }

    /** One of {@link ExitCodes}. */
    public int exitCode() {
        return exitCode;
    }
}

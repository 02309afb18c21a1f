package io.emberlog.ring;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What to say when the system refuses a file: the JDK's own messages are often the bare name. Stateless. */
public final class IoReason {
    private IoReason() {}

    /** The file, if the exception names one, and why; for what is no {@link IOException} all that it says. */
    public static String of(Throwable t) {
        return t instanceof FileSystemException named && named.getFile() != null
                ? named.getFile() + ": " + why(named)
                : why(t);
    }

    /** For a message that names that file: {@link #why}, with the file only where the exception names another. */
    public static String at(Path named, Throwable t) {
        return t instanceof FileSystemException other && !named.toString().equals(other.getFile()) ? of(t) : why(t);
    }

    /** Why alone, for a message that names the file itself. */
    public static String why(Throwable t) {
        if (t instanceof NoSuchFileException) {
            return "there is no such file";
        } else if (t instanceof AccessDeniedException) {
            return "permission denied";
        } else if (t instanceof FileAlreadyExistsException) {
            return "exists already";
        } else if (t instanceof NotDirectoryException) {
            return "is not a directory";
        } else if (t instanceof DirectoryNotEmptyException) {
            return "is not empty";
        } else if (t instanceof FileSystemLoopException) {
            return "is a loop of symbolic links";
        } else if (t instanceof FileSystemException named) {
            return named.getReason() == null ? "cannot be used" : named.getReason();
        }
        boolean says = t instanceof IOException || t instanceof RingBrokenException;
        return says && t.getMessage() != null ? t.getMessage() : t.toString();
    }
}

package io.emberlog.handler.file;

import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.IoReason;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The real disk. New files are readable for owner and group ({@code rw-r-----}, less the umask) unless {@link NewFiles} says otherwise. */
final class DiskFileOps implements FileOps {
    /** What handlers of this process write, by path: who. */
    private static final Map<Path, String> WRITERS = new ConcurrentHashMap<>();

    private static final FileAttribute<?>[] NEW_FILE =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
                    }
                    : new FileAttribute<?>[0];

    private final NewFiles newFiles;

    /** Of a handler whose settings say nothing of its files' mode and group. */
    DiskFileOps() {
        this(NewFiles.AS_USUAL);
    }

    DiskFileOps(NewFiles newFiles) {
        this.newFiles = newFiles;
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        refuseLinksOfOthers(directory);
        // a symbolic link to a directory is one, and createDirectories(link) would say that it exists
        if (!Files.isDirectory(directory)) {
            try {
                create(directory, newFiles, this::forceDirectory);
            } catch (FileAlreadyExistsException e) { // a file is in the way
                throw new IOException("path leads through " + IoReason.of(new NotDirectoryException(e.getFile())), e);
            }
        }
    }

    /** Brings the names in a directory to the device. */
    interface Forcing {
        void force(Path directory) throws IOException;
    }

    /** With those above it; the name of each that is made is on the device, or a power cut could take it with all that is in it. */
    static void create(Path directory, NewFiles newFiles, Forcing forcing) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = directory.toAbsolutePath();
                at != null && !Files.exists(at, LinkOption.NOFOLLOW_LINKS);
                at = at.getParent()) {
            missing.push(at);
        }
        if (newFiles.areAskedFor() && !missing.isEmpty()) {
            Path there = missing.peek().getParent();
            if (!Files.isDirectory(there)) {
                throw new FileAlreadyExistsException(there.toString());
            }
            for (Path each : missing) {
                newFiles.makeDirectory(each);
            }
        } else {
            Files.createDirectories(directory);
        }
        for (Path made : missing) {
            forcing.force(made.getParent());
        }
    }

    /**
     * In a directory that anybody may write to, a link leads where its maker wants. The kernel's own protection
     * (fs.protected_symlinks) is not on everywhere.
     */
    private static void refuseLinksOfOthers(Path directory) throws IOException {
        for (Path at = directory.toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isSymbolicLink(at)) {
                int owner = owner(at);
                int self = ChannelDirectory.selfUid();
                if (owner > 0 && self >= 0 && owner != self) {
                    throw new IOException("path=" + directory + " leads through the symbolic link " + at + " of uid "
                            + owner + "; only this process's user or root may have made it");
                }
            }
        }
    }

    /** -1 where the file system or the platform has none. */
    private static int owner(Path path) throws IOException {
        try {
            return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException | IllegalArgumentException none) {
            return -1;
        }
    }

    @Override
    public Closeable claim(Path file, String handler) throws IOException {
        Path real = file.getParent().toRealPath().resolve(file.getFileName());
        String other = WRITERS.putIfAbsent(real, handler);
        if (other != null) {
            throw new IOException(
                    "path=" + file + " is written by the handler " + other + "; allowed: a file that no other"
                            + " handler writes, for each continues where it left it and cuts what it does not know");
        }
        return () -> WRITERS.remove(real);
    }

    @Override
    public OpenFile open(Path file) throws IOException {
        newFiles.tidyUp(file);
        while (true) {
            String before = checkedKey(file);
            FileChannel channel = FileChannel.open(file, options());
            try {
                // opened and looked at are two steps: only an unchanged answer is about this file
                if (before.equals(key(file))) {
                    return new DiskFile(channel, before);
                }
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            channel.close();
        }
    }

    @Override
    public OpenFile create(Path file) throws IOException {
        if (newFiles.areAskedFor()) {
            newFiles.makeFile(file);
        } else {
            FileChannel.open(file, options(StandardOpenOption.CREATE_NEW), NEW_FILE)
                    .close();
        }
        return open(file);
    }

    private static Set<OpenOption> options(OpenOption... more) {
        Set<OpenOption> options = new java.util.HashSet<>(
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        options.addAll(List.of(more));
        return options;
    }

    private static String checkedKey(Path file) throws IOException {
        BasicFileAttributes attributes = attributes(file);
        if (attributes.isSymbolicLink()) {
            throw new IOException("path=" + file + " is a symbolic link; name the file that it points to");
        }
        if (!attributes.isRegularFile()) {
            throw new IOException("path=" + file + " is not a regular file");
        }
        return keyOf(attributes);
    }

    @Override
    public String key(Path file) throws IOException {
        try {
            return keyOf(attributes(file));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static String keyOf(BasicFileAttributes attributes) {
        return attributes.fileKey() == null ? "" : attributes.fileKey().toString();
    }

    @Override
    public boolean isFile(Path file) throws IOException {
        try {
            return attributes(file).isRegularFile();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public Stat stat(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = attributes(file);
            return new Stat(attributes.size(), attributes.lastModifiedTime().toMillis());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void setModified(Path file, long epochMs) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(epochMs));
    }

    @Override
    public long usableSpace(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) { // a read that fails half-way comes out of the stream
            throw e.getCause();
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) { // an empty one would go
            throw new FileSystemException(file.toString(), null, "is a directory");
        }
        Files.deleteIfExists(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static final class DiskFile implements OpenFile {
        private final FileChannel channel;
        private final String key;

        DiskFile(FileChannel channel, String key) {
            this.channel = channel;
            this.key = key;
        }

        @Override
        public String key() {
            return key;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return channel.read(into, position);
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            return channel.write(from, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}

package io.emberlog.handler.file;

import io.emberlog.handler.Handler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A disk in memory on which a file handler writes: it outlives the processes, each of which has its own way to it. */
public final class SimulatedDisk {
    /** What stands between a process and the disk. */
    public interface Access {
        /**
         * Before each operation.
         *
         * @param length bytes of a write, else 1
         * @return how many are written
         * @throws IOException the disk refuses
         */
        int before(String operation, int length) throws IOException;

        /** After it. */
        void after();
    }

    private static final class Inode {
        final int number;
        byte[] bytes = {};
        int length;

        Inode(int number) {
            this.number = number;
        }

        void resize(int size) {
            if (size > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(size, 2 * bytes.length));
            }
            if (size < length) {
                Arrays.fill(bytes, size, length, (byte) 0);
            }
            length = size;
        }
    }

    private final Map<Path, Inode> entries = new TreeMap<>();
    private int inodes;

    /** The product's handler for one file of JSON lines on this disk, none of its rotated files deleted. */
    public Handler handler(Path path, long maxSize, int buffer, long flushIntervalNs, boolean force, Access access) {
        FileSettings settings = new FileSettings(
                path,
                "json",
                ZoneOffset.UTC,
                true,
                buffer,
                true,
                flushIntervalNs,
                force,
                RotationSettings.bySize(maxSize, Long.MAX_VALUE),
                64,
                64);
        return new FileHandler(settings, new Ops(access), NoBackground::new);
    }

    /** Nothing that this handler is told to do is done in the background. */
    private static final class NoBackground implements Background {
        @Override
        public void wake(Archivist archivist) {
            throw new IllegalStateException("there is nothing to do in the background");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isStopped() {
            return true;
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void rest(long workedNs) {}
    }

    /** Every file by its path. */
    public Map<Path, String> contents() {
        Map<Path, String> contents = new TreeMap<>();
        entries.forEach(
                (path, inode) -> contents.put(path, new String(inode.bytes, 0, inode.length, StandardCharsets.UTF_8)));
        return contents;
    }

    private final class Ops implements FileOps {
        private final Access access;

        Ops(Access access) {
            this.access = access;
        }

        private int step(String operation) throws IOException {
            return access.before(operation, 1);
        }

        @Override
        public void createDirectories(Path directory) throws IOException {
            step("createDirectories");
        }

        @Override
        public OpenFile open(Path path) throws IOException {
            step("open");
            Inode inode = entries.get(path);
            if (inode == null) {
                throw new NoSuchFileException(path.toString());
            }
            return new Open(inode, access);
        }

        @Override
        public OpenFile create(Path path) throws IOException {
            step("create");
            if (entries.containsKey(path)) {
                throw new FileAlreadyExistsException(path.toString());
            }
            Inode inode = new Inode(inodes++);
            entries.put(path, inode);
            access.after();
            return new Open(inode, access);
        }

        @Override
        public String key(Path path) throws IOException {
            step("key");
            Inode inode = entries.get(path);
            return inode == null ? null : "inode " + inode.number;
        }

        @Override
        public boolean isFile(Path path) {
            return entries.containsKey(path);
        }

        @Override
        public Stat stat(Path path) {
            throw new UnsupportedOperationException("nothing that this handler is told to do needs it");
        }

        @Override
        public void setModified(Path path, long epochMs) {
            throw new UnsupportedOperationException("nothing that this handler is told to do needs it");
        }

        @Override
        public long usableSpace(Path directory) {
            throw new UnsupportedOperationException("nothing that this handler is told to do needs it");
        }

        @Override
        public List<String> list(Path directory) throws IOException {
            step("list");
            return entries.keySet().stream()
                    .filter(path -> path.getParent().equals(directory))
                    .map(path -> path.getFileName().toString())
                    .toList();
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            step("rename");
            Inode inode = entries.remove(from);
            if (inode == null) {
                throw new NoSuchFileException(from.toString());
            }
            entries.put(to, inode);
            access.after();
        }

        @Override
        public void delete(Path path) throws IOException {
            step("delete");
            entries.remove(path);
            access.after();
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            step("forceDirectory");
        }
    }

    private static final class Open implements FileOps.OpenFile {
        private final Inode inode;
        private final Access access;

        Open(Inode inode, Access access) {
            this.inode = inode;
            this.access = access;
        }

        @Override
        public String key() {
            return "inode " + inode.number;
        }

        @Override
        public long size() throws IOException {
            access.before("size", 1);
            return inode.length;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            access.before("read", 1);
            if (position >= inode.length) {
                return -1;
            }
            int count = Math.min(into.remaining(), inode.length - (int) position);
            into.put(inode.bytes, (int) position, count);
            return count;
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            int count = access.before("write", from.remaining());
            int at = (int) position;
            inode.resize(Math.max(inode.length, at + count));
            from.get(inode.bytes, at, count);
            access.after();
            return count;
        }

        @Override
        public void truncate(long size) throws IOException {
            access.before("truncate", 1);
            inode.resize((int) Math.min(size, inode.length));
            access.after();
        }

        @Override
        public void force() throws IOException {
            access.before("force", 1);
        }

        @Override
        public void close() {}
    }
}

package io.emberlog.handler.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;

/** The real disk with a write that fails half-way when it is told to. */
final class FlakyFileOps implements FileOps {
    boolean denyCreate;

    private final FileOps disk = new DiskFileOps();
    private boolean fail;

    void failOnce() {
        fail = true;
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public OpenFile open(Path file) throws IOException {
        return new FlakyFile(disk.open(file));
    }

    @Override
    public OpenFile create(Path file) throws IOException {
        if (denyCreate) {
            throw new AccessDeniedException(file.toString());
        }
        return new FlakyFile(disk.create(file));
    }

    @Override
    public String key(Path file) throws IOException {
        return disk.key(file);
    }

    @Override
    public boolean isFile(Path file) throws IOException {
        return disk.isFile(file);
    }

    @Override
    public Stat stat(Path file) throws IOException {
        return disk.stat(file);
    }

    @Override
    public void setModified(Path file, long epochMs) throws IOException {
        disk.setModified(file, epochMs);
    }

    @Override
    public long usableSpace(Path directory) throws IOException {
        return disk.usableSpace(directory);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        disk.delete(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        disk.forceDirectory(directory);
    }

    private final class FlakyFile implements OpenFile {
        private final OpenFile file;

        FlakyFile(OpenFile file) {
            this.file = file;
        }

        @Override
        public String key() {
            return file.key();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            if (fail) {
                fail = false;
                file.write(from.duplicate().limit(from.position() + from.remaining() / 2), position);
                throw new IOException("no space left on device");
            }
            return file.write(from, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}

package io.emberlog.master.journal;

import io.emberlog.handler.file.SimulatedDisk.Access;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;

/** The journal on a disk that refuses when it is told to. For the simulator. */
public final class SimulatedJournal {
    private SimulatedJournal() {}

    public static Journal open(
            JournalConfig config, EpochClock epochClock, NanoClock nanoClock, JournalListener listener, Access access)
            throws JournalException {
        return Journal.open(
                config,
                epochClock,
                nanoClock,
                listener,
                (file, options) -> new Channel(FileChannel.open(file, options), access));
    }

    /** What a segment is allocated, written and forced through. */
    private static final class Channel extends FileChannel {
        private final FileChannel real;
        private final Access access;

        Channel(FileChannel real, Access access) {
            this.real = real;
            this.access = access;
        }

        @Override
        public int write(ByteBuffer src, long position) throws IOException {
            int limit = src.limit();
            src.limit(src.position() + access.before("write", src.remaining()));
            int count;
            try {
                count = real.write(src, position);
            } finally {
                src.limit(limit);
            }
            access.after();
            return count;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            access.before("force", 1);
            real.force(metaData);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            return real.read(dst);
        }

        @Override
        public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
            return real.read(dsts, offset, length);
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            return real.write(src);
        }

        @Override
        public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
            return real.write(srcs, offset, length);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long newPosition) throws IOException {
            real.position(newPosition);
            return this;
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            real.truncate(size);
            return this;
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return real.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel src, long position, long count) throws IOException {
            return real.transferFrom(src, position, count);
        }

        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
            return real.read(dst, position);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return real.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return real.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return real.tryLock(position, size, shared);
        }
    }
}

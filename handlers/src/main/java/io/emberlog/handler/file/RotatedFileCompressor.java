package io.emberlog.handler.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Makes a compressed file of a rotated one: write a temporary file beside it; force that; rename it; force the directory;
 * delete the plain file. Whoever reads while both are there finds the same lines in both.
 *
 * <pre>
 * row  process dies (or step fails)              next look sees                      and does
 * F25  while the temporary file is written       plain file, temporary file          deletes the temporary one, begins anew
 * F26  after it was forced, before the rename    as F25                              as F25
 * F27  after the rename, before the delete       plain file and compressed file      compares them; deletes the plain one when
 *                                                                                    they are equal, else reports and keeps both
 * F28  power fails                               any of these, or the compressed     as there
 *                                                file alone
 * F29  a write, or the force, fails (disk full)  (same life) plain file              has deleted the temporary one; begins anew
 *                                                                                    a minute later
 * F30  the delete fails                          (same life) as F27                  as F27, a minute later
 * </pre>
 *
 * The next look is that at the next start, the next rotation, or a minute later. One thread at a time for one log.
 */
final class RotatedFileCompressor {
    /** The handler ends; what was begun is given up. */
    static final class StoppedException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static final int CHUNK = 64 * 1024;

    private final FileOps ops;
    private final Background background;

    RotatedFileCompressor(FileOps ops, Background background) {
        this.ops = ops;
        this.background = background;
    }

    /** @throws StoppedException when the background was told to stop before it was done */
    void compress(Path plain, FileCompression compression) throws IOException {
        Path compressed = plain.resolveSibling(plain.getFileName() + compression.ending());
        Path temporary = compressed.resolveSibling(compressed.getFileName() + RotatedName.TEMPORARY);
        FileOps.Stat stat = ops.stat(plain);
        if (stat == null) {
            return; // deleted since it was listed
        }
        try {
            write(plain, temporary, compression);
            ops.setModified(temporary, stat.modifiedMs()); // max_age counts from the last line
            ops.rename(temporary, compressed);
        } catch (IOException | RuntimeException | LinkageError e) {
            deleteAfter(e, temporary);
            throw e;
        }
        ops.forceDirectory(plain.getParent());
        ops.delete(plain);
    }

    private void write(Path plain, Path temporary, FileCompression compression) throws IOException {
        try (FileOps.OpenFile source = ops.open(plain);
                FileOps.OpenFile target = ops.create(temporary)) {
            try (OutputStream out = compression.compress(new FileOutput(target));
                    InputStream in = new FileInput(source)) {
                byte[] chunk = new byte[CHUNK];
                for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                    long before = background.nanoTime();
                    out.write(chunk, 0, count);
                    rest(before);
                }
            }
            target.force();
        }
    }

    private void rest(long beforeNs) throws StoppedException {
        if (background.isStopped()) {
            throw new StoppedException();
        }
        background.rest(background.nanoTime() - beforeNs);
    }

    private void deleteAfter(Throwable cause, Path temporary) {
        try {
            ops.delete(temporary);
        } catch (IOException e) {
            cause.addSuppressed(e); // the next look deletes it
        }
    }

    /** Deletes the plain file if the compressed one holds the same; else leaves both. */
    boolean deletePlainIfEqual(Path plain, Path compressed, FileCompression compression) throws IOException {
        if (!isEqual(plain, compressed, compression)) {
            return false;
        }
        ops.forceDirectory(plain.getParent()); // the rename may not be on the device yet
        ops.delete(plain);
        return true;
    }

    private boolean isEqual(Path plain, Path compressed, FileCompression compression) throws IOException {
        try (FileOps.OpenFile one = ops.open(plain);
                FileOps.OpenFile other = ops.open(compressed);
                InputStream in = new FileInput(one);
                InputStream expanded = compression.expand(new FileInput(other))) {
            while (true) {
                long before = background.nanoTime();
                byte[] wanted = in.readNBytes(CHUNK);
                byte[] found = expanded.readNBytes(CHUNK);
                if (!Arrays.equals(wanted, found)) {
                    return false;
                }
                if (wanted.length == 0) {
                    return true;
                }
                rest(before);
            }
        } catch (EOFException cutShort) {
            return false;
        }
    }

    /** Closing it leaves the file open. */
    private static final class FileOutput extends OutputStream {
        private final FileOps.OpenFile file;
        private long position;

        FileOutput(FileOps.OpenFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int count) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(source, offset, count);
            while (buffer.hasRemaining()) {
                position += file.write(buffer, position);
            }
        }
    }

    /** Closing it leaves the file open. */
    private static final class FileInput extends InputStream {
        private final FileOps.OpenFile file;
        private long position;

        FileInput(FileOps.OpenFile file) {
            this.file = file;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            if (count == 0) {
                return 0;
            }
            int read = file.read(ByteBuffer.wrap(into, offset, count), position);
            position += Math.max(0, read);
            return read;
        }
    }
}

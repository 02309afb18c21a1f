package io.emberlog.compression;

import io.emberlog.handler.file.FileCompression;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;

/** {@code compress = "lz4"}: frames as the program lz4 reads them, in blocks of 256 KiB, with a checksum of the contents. */
public final class Lz4Compression implements FileCompression {
    @Override
    public String name() {
        return "lz4";
    }

    @Override
    public String ending() {
        return ".lz4";
    }

    @Override
    public OutputStream compress(OutputStream to) throws IOException {
        return new LZ4FrameOutputStream(
                to, BLOCKSIZE.SIZE_256KB, FLG.Bits.BLOCK_INDEPENDENCE, FLG.Bits.CONTENT_CHECKSUM);
    }

    @Override
    public InputStream expand(InputStream from) throws IOException {
        return new LZ4FrameInputStream(from);
    }
}

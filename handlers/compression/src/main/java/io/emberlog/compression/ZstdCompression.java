package io.emberlog.compression;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.emberlog.handler.file.FileCompression;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** {@code compress = "zstd"}: RFC 8878, level 3, with checksums. */
public final class ZstdCompression implements FileCompression {
    @Override
    public String name() {
        return "zstd";
    }

    @Override
    public String ending() {
        return ".zst";
    }

    @Override
    public OutputStream compress(OutputStream to) throws IOException {
        return new ZstdOutputStream(to).setChecksum(true);
    }

    @Override
    public InputStream expand(InputStream from) throws IOException {
        return new ZstdInputStream(from);
    }
}

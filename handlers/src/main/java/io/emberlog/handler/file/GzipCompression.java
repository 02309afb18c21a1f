package io.emberlog.handler.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** {@code compress = "gzip"}, by the JDK. */
public final class GzipCompression implements FileCompression {
    private static final int BUFFER = 16 * 1024;

    @Override
    public String name() {
        return "gzip";
    }

    @Override
    public String ending() {
        return ".gz";
    }

    @Override
    public OutputStream compress(OutputStream to) throws IOException {
        return new GZIPOutputStream(to, BUFFER);
    }

    @Override
    public InputStream expand(InputStream from) throws IOException {
        return new GZIPInputStream(from, BUFFER);
    }
}

package io.emberlog.handler.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A way to make rotated files smaller; found by {@link java.util.ServiceLoader}, so a public class with a public constructor
 * that takes nothing, named in {@code META-INF/services/io.emberlog.handler.file.FileCompression}. Any thread.
 */
public interface FileCompression {
    /** As the setting {@code compress} names it. */
    String name();

    /** Of the file's name, with its dot; one of those that the file handler knows for that name. */
    String ending();

    /** What is written to the answer arrives compressed; closing it ends the data and closes {@code to}. */
    OutputStream compress(OutputStream to) throws IOException;

    /** The other way, to compare. Data that is not whole, or not of this kind, is an {@link IOException}. */
    InputStream expand(InputStream from) throws IOException;
}

package io.emberlog.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The file handlers of a master.
 *
 * @param handlers how many, each of which writes all of it
 * @param maxSize at which a file is rotated, as the configuration says it; all rotated files are kept
 */
record Outputs(String format, int handlers, String maxSize) {
    static final String NOT_ROTATED = "0";

    /** One file of lines for eyes, never rotated. */
    static final Outputs HUMAN = of("human");

    static Outputs of(String format) {
        return new Outputs(format, 1, NOT_ROTATED);
    }

    Outputs handledBy(int count) {
        return new Outputs(format, count, maxSize);
    }

    Outputs rotatedAt(String size) {
        return new Outputs(format, handlers, size);
    }

    /** What they write, in this directory. */
    List<Path> files(Path directory) {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < handlers; i++) {
            files.add(directory.resolve(i == 0 ? "output.log" : "output-" + i + ".log"));
        }
        return files;
    }

    /** The {@code [[handlers]]} of a configuration. */
    String toml(Path directory) {
        StringBuilder toml = new StringBuilder();
        for (Path file : files(directory)) {
            String name = file.getFileName().toString().replace(".log", "");
            toml.append("[[handlers]]\nname = '").append(name).append("'\ntype = 'file'\n");
            toml.append("path = '")
                    .append(file)
                    .append("'\nformat = '")
                    .append(format)
                    .append("'\n");
            toml.append("max_size = ").append(maxSize.equals(NOT_ROTATED) ? maxSize : "'" + maxSize + "'");
            toml.append("\nkeep_files = 0\n");
        }
        return toml.toString();
    }

    /** The file, behind what was rotated away from it; in the order in which it was written. */
    static List<Path> parts(Path file) throws IOException {
        String prefix = file.getFileName() + ".";
        NavigableMap<Integer, Path> rotated = new TreeMap<>();
        try (Stream<Path> beside = Files.list(file.getParent())) {
            for (Path other : beside.toList()) {
                String name = other.getFileName().toString();
                if (name.startsWith(prefix) && name.substring(prefix.length()).matches("\\d{1,9}")) {
                    rotated.put(Integer.parseInt(name.substring(prefix.length())), other);
                }
            }
        }
        List<Path> parts = new ArrayList<>(rotated.values());
        parts.add(file);
        return parts;
    }

    static long bytes(Path file) throws IOException {
        long bytes = 0;
        for (Path part : parts(file)) {
            bytes += Files.size(part);
        }
        return bytes;
    }

    /** To the device. */
    static void force(Path file) throws IOException {
        for (Path part : parts(file)) {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }
}

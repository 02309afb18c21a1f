package io.emberlog.handler.file;

import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Which ways to compress are installed. Stateless. */
final class Compressions {
    private Compressions() {}

    /**
     * @return null for {@code none}
     * @throws IllegalArgumentException for one that is not on the class path
     */
    static FileCompression named(String name) {
        if (name.equals("none")) {
            return null;
        }
        Map<String, FileCompression> installed = installed();
        FileCompression found = installed.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "compress: \"" + name + "\" is not installed; allowed: none, "
                            + String.join(", ", installed.keySet())
                            + "; for zstd and lz4 put the jar handlers-compression and what it needs on the master's class path");
        }
        return found;
    }

    /** Of all that are installed. */
    static List<FileCompression> all() {
        return List.copyOf(installed().values());
    }

    private static Map<String, FileCompression> installed() {
        Map<String, FileCompression> installed = new TreeMap<>();
        try {
            for (FileCompression compression : ServiceLoader.load(FileCompression.class)) {
                installed.putIfAbsent(compression.name(), compression);
            }
        } catch (ServiceConfigurationError e) {
            throw new IllegalArgumentException("compress: what is installed cannot be loaded: " + e.getMessage(), e);
        }
        return installed;
    }
}

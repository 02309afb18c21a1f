package io.emberlog.handler.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;

/** What is in directories, each read once: many logs may be in one. For one look at all of them; one thread. */
final class Listings {
    private final Map<Path, NavigableSet<String>> names = new HashMap<>();

    NavigableSet<String> of(RotatedFiles log) throws IOException {
        NavigableSet<String> known = names.get(log.path().getParent());
        if (known == null) {
            known = log.listing();
            names.put(log.path().getParent(), known);
        }
        return known;
    }
}

package io.emberlog.handler.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * The rotated files of one log, {@code <path>.<number>}: the number only grows, so a rename that a crash interrupted can
 * be told from one that is done, and no file changes its name twice. One thread.
 */
final class NumberedFiles {
    private final FileOps ops;
    private final Path path;

    NumberedFiles(FileOps ops, Path path) {
        this.ops = ops;
        this.path = path;
    }

    Path numbered(long number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    /** Above {@code last} and every number in use. */
    long nextNumber(long last) throws IOException {
        long highest = last;
        for (String name : ops.list(path.getParent())) {
            highest = Math.max(highest, numberOf(name).orElse(0));
        }
        return highest + 1;
    }

    /** Deletes all but the newest {@code keep}: by what is there, since a number whose rename failed has no file. */
    void prune(long keep) throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (String name : ops.list(path.getParent())) {
            numberOf(name).ifPresent(numbers::add);
        }
        numbers.sort(Comparator.reverseOrder());
        for (int i = 0; i < numbers.size(); i++) {
            if (i >= keep) {
                ops.delete(numbered(numbers.get(i)));
            }
        }
    }

    private OptionalLong numberOf(String name) {
        String prefix = path.getFileName() + ".";
        if (!name.startsWith(prefix) || !name.substring(prefix.length()).matches("[1-9][0-9]{0,17}")) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(name.substring(prefix.length())));
    }
}

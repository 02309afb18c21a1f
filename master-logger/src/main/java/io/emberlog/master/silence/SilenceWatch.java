package io.emberlog.master.silence;

import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Which silences hold now. {@link #poll}: one thread; {@link #current}: any. */
public final class SilenceWatch {
    private final Path stateDirectory;
    private final LongSupplier epochNs;
    private final Consumer<String> troubles;
    private List<Silence> known = List.of();
    private String seen = "";
    private String trouble = "";
    private volatile SilenceSet current;

    /** @param troubles hears, once, why the file cannot be used; what was known before then stays */
    public SilenceWatch(Path stateDirectory, LongSupplier epochNs, Consumer<String> troubles) {
        this.stateDirectory = stateDirectory;
        this.epochNs = epochNs;
        this.troubles = troubles;
    }

    /** The same object until something changes; null until the file could be read once. */
    public SilenceSet current() {
        return current;
    }

    /**
     * Looks at the file and the clock.
     *
     * @return whether something has changed
     */
    public boolean poll() {
        try {
            String now = identity();
            if (current == null || !now.equals(seen)) {
                known = SilenceFile.read(stateDirectory).silences();
                seen = now;
            }
            trouble = "";
        } catch (IOException e) {
            if (!trouble.equals(e.toString())) {
                trouble = e.toString();
                troubles.accept("silences stay as they were: " + IoReason.of(e));
            }
            if (current == null) {
                return false;
            }
        }
        long nowNs = epochNs.getAsLong();
        List<Silence> holding =
                known.stream().filter(each -> !each.isOver(nowNs)).toList();
        if (current != null && holding.equals(current.silences())) {
            return false;
        }
        current = new SilenceSet(holding);
        return true;
    }

    /** A rename gives another one; one that is read again changes nothing. */
    private String identity() throws IOException {
        try {
            BasicFileAttributes is = Files.readAttributes(
                    SilenceFile.in(stateDirectory), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return is.fileKey() + " " + is.lastModifiedTime() + " " + is.size();
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}

package io.emberlog.handler.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rotated files of one log. No name is used twice and no file changes its name twice but to be compressed, so a rename that
 * a crash interrupted can be told from one that is done. The handler's thread writes; any thread reads.
 */
final class RotatedFiles {
    /** One that was rotated, plain, compressed, or (while the one becomes the other) both. */
    record Rotated(String plain, String date, long number, List<RotatedFile> forms) {
        /** Empty where there is none. */
        String plainName() {
            return forms.stream()
                    .filter(form -> !form.isCompressed())
                    .map(RotatedFile::name)
                    .findFirst()
                    .orElse("");
        }

        List<RotatedFile> compressed() {
            return forms.stream().filter(RotatedFile::isCompressed).toList();
        }
    }

    private static final Comparator<Rotated> BY_NAME =
            Comparator.comparing(Rotated::date).thenComparingLong(Rotated::number);

    private final FileOps ops;
    private final Path path;
    private final RotatedName name;
    private final Pattern pattern;

    /** The plain name of one that the stored checkpoint may still mean as its file; empty when there is none. */
    private volatile String held = "";

    /** The one rotated last; null when unknown. Its forms are empty. */
    private volatile Rotated newest;

    /** The newest so many are to be given to the command. */
    private final AtomicInteger commands = new AtomicInteger();

    RotatedFiles(FileOps ops, Path path, RotatedName name) {
        this.ops = ops;
        this.path = path;
        this.name = name;
        this.pattern = name.pattern(path.getFileName().toString());
    }

    Path path() {
        return path;
    }

    /** @param fileName of one of them */
    Path at(String fileName) {
        return path.resolveSibling(fileName);
    }

    String nameOf(String date, long number) {
        return name.format(path.getFileName().toString(), date, number);
    }

    /**
     * The number of the next one.
     *
     * @param date of that one
     * @param last of the one rotated last; 0 = none or no number
     * @param lastDate of that one; empty when there is none
     */
    long nextNumber(String date, long last, String lastDate) throws IOException {
        long next = !name.hasDate() || date.equals(lastDate) ? last + 1 : name.hasNumber() ? 1 : 0;
        for (RotatedFile file : named(listing())) { // whatever it is that has the name
            if (file.date().equals(inNames(date))) {
                next = Math.max(next, file.number() + 1);
            }
        }
        return next;
    }

    private String inNames(String date) {
        return name.hasDate() ? date : "";
    }

    /** What is in the directory: to be asked once where several logs are in one. */
    NavigableSet<String> listing() throws IOException {
        return new TreeSet<>(ops.list(path.getParent()));
    }

    /** Files alone: a directory of such a name, or a link, is somebody else's. */
    private List<RotatedFile> files(NavigableSet<String> listing) throws IOException {
        List<RotatedFile> files = new ArrayList<>();
        for (RotatedFile candidate : named(listing)) {
            if (ops.isFile(at(candidate.name()))) {
                files.add(candidate);
            }
        }
        return files;
    }

    private List<RotatedFile> named(NavigableSet<String> listing) {
        String file = path.getFileName().toString();
        List<RotatedFile> files = new ArrayList<>();
        for (String candidate : name.beginsWithFile() ? listing.tailSet(file, false) : listing) {
            if (name.beginsWithFile() && !candidate.startsWith(file)) {
                break;
            }
            Matcher matcher = pattern.matcher(candidate);
            if (matcher.matches()) {
                files.add(RotatedFile.of(matcher, name.hasDate()));
            }
        }
        return files;
    }

    /** Names of what was to be a compressed file and is not whole. */
    List<String> temporary(NavigableSet<String> listing) throws IOException {
        return files(listing).stream()
                .filter(RotatedFile::isTemporary)
                .map(RotatedFile::name)
                .toList();
    }

    /**
     * In the order in which they were rotated. A date behind that of the newest one is of a clock that was wrong, or of
     * times before the clock was set back: such a file is older than all others.
     */
    List<Rotated> oldestFirst(NavigableSet<String> listing) throws IOException {
        Map<String, Rotated> all = new LinkedHashMap<>();
        for (RotatedFile file : files(listing)) {
            if (!file.isTemporary()) {
                all.computeIfAbsent(
                                file.plain(),
                                plain -> new Rotated(plain, file.date(), file.number(), new ArrayList<>()))
                        .forms()
                        .add(file);
            }
        }
        List<Rotated> sorted = new ArrayList<>(all.values());
        sorted.sort(BY_NAME);
        Rotated last = newest;
        if (last != null && name.hasDate()) { // numbers without a date always grow
            int behind = (int) sorted.stream()
                    .filter(rotated -> BY_NAME.compare(rotated, last) <= 0)
                    .count();
            Collections.rotate(sorted, sorted.size() - behind);
        }
        return sorted;
    }

    /** A rotation is done, or found done. */
    void rotated(String plain, String date, long number) {
        newest = new Rotated(plain, inNames(date), number, List.of());
        held = plain;
    }

    /**
     * What a checkpoint says of the one rotated last.
     *
     * @param date empty when there was none
     */
    void know(String date, long number) {
        newest = date.isEmpty() ? null : new Rotated("", inNames(date), number, List.of());
    }

    /** Until {@link #release} the file rotated last is neither compressed nor deleted nor given away. */
    boolean isHeld(Rotated rotated) {
        return held.equals(rotated.plain());
    }

    /** A checkpoint that does not mean it any more is stored. */
    void release() {
        held = "";
    }

    AtomicInteger commands() {
        return commands;
    }
}

package io.emberlog.master.replay;

import io.emberlog.master.MasterLock;
import io.emberlog.master.journal.JournalScanner;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.IoReason;
import io.emberlog.ring.UserFolders;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a list of paths turns out to be. Immutable.
 *
 * @param journals journal directories
 * @param rings ring files; the value says whether the user named that very file
 * @param deadLetters files of records that a handler put aside
 * @param problems paths that are none of these
 */
public record Evidence(List<Path> journals, Map<Path, Boolean> rings, List<Path> deadLetters, List<Problem> problems) {
    /** The journal's own directory in a state directory. */
    public static final String JOURNAL_DIRECTORY = "journal";

    private static final String DEAD_LETTERS_SUFFIX = ".jsonl";
    private static final String WANTED =
            "a ring file, a journal, a state directory, a channel directory or a dead-letter file" + " (*"
                    + DEAD_LETTERS_SUFFIX + ") is wanted";

    /**
     * A path that cannot be used.
     *
     * @param mistyped true if the command line is wrong, false if the file is
     */
    public record Problem(Path path, String text, boolean mistyped) {
        @Override
        public String toString() {
            return path + ": " + text;
        }
    }

    public Evidence {
        journals = List.copyOf(journals);
        deadLetters = List.copyOf(deadLetters);
        problems = List.copyOf(problems);
    }

    /** Looks at the paths, into directories, and into users' folders in these; opens no file. */
    public static Evidence find(List<Path> paths) {
        Finder finder = new Finder();
        paths.forEach(finder::add);
        finder.judgeRinglessChannels();
        return new Evidence(
                List.copyOf(finder.journals), finder.rings, List.copyOf(finder.deadLetters), finder.problems);
    }

    /** Where the journal of a state directory is; the directory itself if it is a journal. */
    public static Path journalIn(Path directory) throws IOException {
        Path inside = directory.resolve(JOURNAL_DIRECTORY);
        return !JournalScanner.isJournal(directory) || JournalScanner.isJournal(inside) ? inside : directory;
    }

    private static final class Finder {
        private final Set<Path> journals = new LinkedHashSet<>();
        private final Map<Path, Boolean> rings = new LinkedHashMap<>();
        private final Set<Path> deadLetters = new LinkedHashSet<>();
        private final List<Problem> problems = new ArrayList<>();
        private final List<Path> ringless = new ArrayList<>();

        void add(Path path) {
            try {
                if (!Files.exists(path)) {
                    boolean hidden = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
                    problems.add(new Problem(
                            path, hidden ? "the link leads nowhere" : "there is no such file or directory", true));
                } else if (Files.isDirectory(path)) {
                    addDirectory(path);
                } else if (!Files.isRegularFile(path)) {
                    problems.add(new Problem(path, "is neither a regular file nor a directory; " + WANTED, true));
                } else {
                    addFile(path);
                }
            } catch (AccessDeniedException e) {
                problems.add(new Problem(path, "permission denied", false));
            } catch (IOException e) {
                problems.add(new Problem(path, "cannot be read: " + IoReason.at(path, e), false));
            }
        }

        private void addFile(Path path) throws IOException {
            String name = path.getFileName().toString();
            if (name.endsWith(".cq4") || name.endsWith(".cq4t")) {
                problems.add(new Problem(
                        path,
                        "is a part of a journal; name its directory, "
                                + path.toAbsolutePath().getParent(),
                        true));
            } else if (!Files.isReadable(path)) {
                problems.add(new Problem(path, "permission denied", false));
            } else if (name.endsWith(DEAD_LETTERS_SUFFIX)) {
                deadLetters.add(path.toRealPath());
            } else {
                rings.put(path.toRealPath(), true);
            }
        }

        private void addDirectory(Path path) throws IOException {
            int before = journals.size() + rings.size();
            boolean known = false;
            for (Path candidate : List.of(path, path.resolve(JOURNAL_DIRECTORY))) {
                if (JournalScanner.isJournal(candidate)) {
                    known |= !journals.add(candidate.toRealPath());
                }
            }
            List<Path> found = ringsIn(path);
            for (UserFolders.Folder folder : UserFolders.in(path)) {
                if (Files.isDirectory(folder.path(), LinkOption.NOFOLLOW_LINKS)) {
                    try {
                        found.addAll(ringsIn(folder.path()));
                        known |= folder.problem() == null; // a channel of several users, with rings or without
                    } catch (AccessDeniedException e) {
                        problems.add(new Problem(
                                folder.path(),
                                "permission denied: its user, the master's group and root see in",
                                false));
                    }
                }
            }
            Collections.sort(found);
            for (Path ring : found) {
                known |= rings.putIfAbsent(ring, false) != null;
            }
            if (!known && journals.size() + rings.size() == before) {
                if (MasterLock.isIn(path)) {
                    ringless.add(path);
                } else {
                    addNothingOfOurs(path);
                }
            }
        }

        private void addNothingOfOurs(Path path) {
            problems.add(new Problem(
                    path,
                    "holds neither a journal (*.cq4, or " + JOURNAL_DIRECTORY + "/ with them) nor rings (*"
                            + ChannelDirectory.RING_SUFFIX + ")",
                    true));
        }

        /** A channel whose workers have all ended has no rings: fine beside a journal that has their records. */
        void judgeRinglessChannels() {
            if (journals.isEmpty() && rings.isEmpty()) {
                ringless.forEach(this::addNothingOfOurs);
            }
        }

        private static List<Path> ringsIn(Path directory) throws IOException {
            List<Path> found = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, Finder::isRing)) {
                for (Path file : files) {
                    found.add(file.toRealPath(LinkOption.NOFOLLOW_LINKS));
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            return found;
        }

        private static boolean isRing(Path file) {
            String name = file.getFileName().toString();
            return name.endsWith(ChannelDirectory.RING_SUFFIX)
                    || name.endsWith(ChannelDirectory.RING_SUFFIX + ChannelDirectory.QUARANTINE_SUFFIX);
        }
    }
}

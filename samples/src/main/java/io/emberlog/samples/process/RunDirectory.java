package io.emberlog.samples.process;

import io.emberlog.samples.judge.Acknowledgements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of one run, all under a directory of its own, mode 0700:
 *
 * <pre>
 *   rings/          channel directory (under /dev/shm where asked for)
 *   state/          the master's journal and checkpoints
 *   log/out.json    what the judge reads, with out.json.1, ... after rotations
 *   acks/           one acknowledgement file per worker
 *   said/           what the processes wrote to stdout and stderr
 *   master.toml
 * </pre>
 *
 * @param root the directory
 * @param rings the channel directory
 * @param disk where {@code state} and {@code log} are: the root, or a disk whose power can be cut
 */
public record RunDirectory(Path root, Path rings, Path disk) {
    /** Everything under the temp directory. */
    public static RunDirectory create(String prefix) throws IOException {
        Path root = Files.createTempDirectory(prefix);
        return prepared(new RunDirectory(root, root.resolve("rings"), root));
    }

    /** Rings in memory, where they are by default, when {@code /dev/shm} can be written. */
    public static RunDirectory createWithRingsInMemory(String prefix) throws IOException {
        Path memory = Path.of("/dev/shm");
        if (!Files.isWritable(memory)) {
            return create(prefix);
        }
        Path root = Files.createTempDirectory(prefix);
        return prepared(new RunDirectory(root, Files.createTempDirectory(memory, prefix), root));
    }

    /** The same with state and output on that disk, in directories that the master is to make. */
    public RunDirectory onDisk(Path diskDirectory) {
        return new RunDirectory(root, rings, diskDirectory);
    }

    /** Rings in a directory to be made, on a file system of the caller's. */
    public static RunDirectory createWithRingsIn(String prefix, Path rings) throws IOException {
        Path root = Files.createTempDirectory(prefix);
        return prepared(new RunDirectory(root, rings, root));
    }

    /** Rings, state and output below one directory, which those who use them make: apart from what belongs to the test. */
    public static RunDirectory createApart(String prefix, Path disk) throws IOException {
        Path root = Files.createTempDirectory(prefix);
        for (Path path : List.of(root.resolve("acks"), root.resolve("said"))) {
            Files.createDirectory(path);
        }
        Path apart = disk == null ? root.resolve("disk") : disk;
        return new RunDirectory(root, apart.resolve("rings"), apart);
    }

    private static RunDirectory prepared(RunDirectory directory) throws IOException {
        for (Path path :
                List.of(directory.rings, directory.state(), directory.log(), directory.acks(), directory.said())) {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return directory;
    }

    public Path state() {
        return disk.resolve("state");
    }

    public Path log() {
        return disk.resolve("log");
    }

    public Path output() {
        return log().resolve("out.json");
    }

    public Path acks() {
        return root.resolve("acks");
    }

    public Path acksOf(String worker) {
        return acks().resolve(worker + Acknowledgements.SUFFIX);
    }

    public Path said() {
        return root.resolve("said");
    }

    public Path config() {
        return root.resolve("master.toml");
    }

    /** Both streams of the process go to {@code said/NAME.txt}, behind what an earlier one of that name said. */
    public ProcessBuilder saying(String name, ProcessBuilder builder) {
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        said().resolve(name + ".txt").toFile()));
    }

    /** Ring files that no master has finished with yet, also in users' folders. */
    public List<Path> ringFiles() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path entry : entries(rings)) {
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                found.addAll(entries(entry));
            } else {
                found.add(entry);
            }
        }
        found.removeIf(file -> !file.getFileName().toString().endsWith(".ring"));
        return found;
    }

    private static List<Path> entries(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Deletes all of it. */
    public void delete() throws IOException {
        delete(root);
        delete(rings);
        delete(disk);
    }

    static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}

package io.emberlog.master.level;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.heartbeat.ProcessState;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.UserFolders;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The live workers of a channel, told from outside by their rings' headers, also in the folders of a channel of several
 * users. Keeps rings mapped between two looks. One thread.
 */
public final class LevelWorkers {
    private static final int MAX_RINGS = 10_000;

    private final Path channel;
    private final ProcessProbe processes = new ProcessProbe(HostIdentity.read());
    private final Map<Path, RingFile> rings = new HashMap<>();

    /** @param channel need not exist */
    public LevelWorkers(Path channel) {
        this.channel = channel;
    }

    /** One look, by name. A ring that cannot be read is left out; {@code emberlog stat} tells of it. */
    public List<LevelWorker> look() throws IOException {
        List<Path> found = new ArrayList<>();
        addRings(channel, found);
        for (Path folder : userFolders()) {
            addRings(folder, found);
        }
        rings.keySet().retainAll(found);
        List<LevelWorker> workers = new ArrayList<>();
        for (Path path : found) {
            LevelWorker worker = worker(path);
            if (worker != null) {
                workers.add(worker);
            }
        }
        workers.sort(Comparator.comparing(LevelWorker::name).thenComparing(LevelWorker::pid));
        return workers;
    }

    private static void addRings(Path directory, List<Path> into) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ChannelDirectory.RING_SUFFIX)) {
            for (Path file : files) {
                if (into.size() < MAX_RINGS) {
                    into.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private List<Path> userFolders() throws IOException {
        if (!Files.isDirectory(channel)) {
            return List.of();
        }
        return UserFolders.in(channel).stream()
                .filter(folder -> folder.problem() == null && Files.isReadable(folder.path()))
                .map(UserFolders.Folder::path)
                .toList();
    }

    /** Null when it is not live, or cannot be read. */
    private LevelWorker worker(Path path) {
        try {
            RingFile ring = rings.get(path);
            if (ring == null) {
                ring = RingFile.openReadOnly(path);
                rings.put(path, ring);
            }
            boolean live = ring.header().state() == RingDescriptor.STATE_OPEN
                    && processes.probe(ring.identity()) != ProcessState.GONE;
            long sequence = ring.header().controlSequence();
            RingFile.settle();
            return live
                    ? new LevelWorker(
                            ring.identity().name(),
                            ring.identity().pid(),
                            ring.identity().ringUuid(),
                            sequence)
                    : null;
        } catch (IOException | RingBrokenException | InternalError unreadable) {
            rings.remove(path);
            return null; // gone meanwhile, or no ring
        }
    }
}

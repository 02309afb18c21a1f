package io.emberlog.heartbeat;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds the file that counts the kernel's OOM kills in a process's memory cgroup: {@code memory.oom_control} (v1) or
 * {@code memory.events.local} and {@code memory.events} (v2), all with a line {@code oom_kill N}.
 */
final class MemoryCgroup {

    private static final int LIMIT = 256 * 1024;
    private static final String KILLS = "oom_kill ";

    /** A mounted hierarchy: {@code root} is the part of it that is visible at {@code point}. */
    private record Mount(boolean v2, String root, Path point) {}

    private final List<Mount> mounts;

    /** @param mountInfo text of {@code /proc/self/mountinfo} */
    private MemoryCgroup(String mountInfo) {
        mounts = mounts(mountInfo);
    }

    /** The hierarchies as this process sees them now. */
    static MemoryCgroup visible() {
        return new MemoryCgroup(ProcFile.read(Path.of("/proc/self/mountinfo"), LIMIT));
    }

    static MemoryCgroup of(String mountInfo) {
        return new MemoryCgroup(mountInfo);
    }

    /** The counter's file of a live process; empty where there is none to see. */
    Optional<Path> killCounter(long pid) {
        String membership = ProcFile.read(Path.of("/proc", Long.toString(pid), "cgroup"), LIMIT);
        return directory(membership).flatMap(MemoryCgroup::counterIn);
    }

    /**
     * @param membership text of {@code /proc/PID/cgroup}: lines {@code 4:memory:/path} (v1), {@code 0::/path} (v2)
     * @return v1's memory controller where it is mounted, else the unified hierarchy
     */
    Optional<Path> directory(String membership) {
        Optional<Path> unified = Optional.empty();
        for (String line : membership.split("\n")) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && Arrays.asList(parts[1].split(",")).contains("memory")) {
                return resolve(false, parts[2]);
            }
            if (parts.length == 3 && parts[0].equals("0") && parts[1].isEmpty()) {
                unified = resolve(true, parts[2]);
            }
        }
        return unified;
    }

    /** The count, or -1 where it cannot be read (the cgroup may have been removed with its last process). */
    static long kills(Path counter) {
        for (String line : ProcFile.read(counter, 4096).split("\n")) {
            if (line.startsWith(KILLS)) {
                try {
                    return Long.parseLong(line.substring(KILLS.length()).trim());
                } catch (NumberFormatException e) {
                    return -1;
                }
            }
        }
        return -1;
    }

    private Optional<Path> resolve(boolean v2, String path) {
        for (Mount mount : mounts) {
            boolean below =
                    mount.root().equals("/") || path.equals(mount.root()) || path.startsWith(mount.root() + "/");
            if (mount.v2() == v2 && below && !path.contains("/..")) {
                String rest = mount.root().equals("/")
                        ? path
                        : path.substring(mount.root().length());
                return path(mount.point() + "/" + rest);
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> path(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty(); // a name that this JVM's file name encoding cannot express
        }
    }

    private static Optional<Path> counterIn(Path directory) {
        return List.of("memory.oom_control", "memory.events.local", "memory.events").stream()
                .map(directory::resolve)
                .filter(Files::isReadable)
                .findFirst();
    }

    /** {@code 36 25 0:32 /root /point rw,... shared:9 - cgroup cgroup rw,memory}: see proc(5). */
    private static List<Mount> mounts(String mountInfo) {
        List<Mount> found = new ArrayList<>();
        for (String line : mountInfo.split("\n")) {
            int separator = line.indexOf(" - ");
            String[] left = line.split(" ");
            String[] right = separator < 0
                    ? new String[0]
                    : line.substring(separator + 3).split(" ");
            if (left.length < 5 || right.length < 3) {
                continue;
            }
            boolean v1 = right[0].equals("cgroup")
                    && Arrays.asList(right[2].split(",")).contains("memory");
            boolean v2 = right[0].equals("cgroup2");
            if (v1 || v2) {
                path(left[4].replace("\\040", " ")).ifPresent(point -> found.add(new Mount(v2, left[3], point)));
            }
        }
        return List.copyOf(found);
    }
}

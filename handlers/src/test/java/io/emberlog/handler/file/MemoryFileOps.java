package io.emberlog.handler.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that fails, or kills, at the step it is told to, and knows what a power cut leaves: per file what was
 * forced, plus, at random, some of what was not; of the directory what was forced. A failed force marks all as clean,
 * as Linux does: a later force does not bring it back, only a new write does.
 */
final class MemoryFileOps implements FileOps {
    /** What happens at the chosen step. */
    enum Fault {
        KILL_BEFORE,
        KILL_HALF_WAY,
        KILL_AFTER,
        FAIL_BEFORE,
        FAIL_HALF_WAY,
        FAIL_AFTER,
        FAIL_FOR_FIVE_STEPS,
        POWER_CUT
    }

    /** The process is dead: nothing in it goes on. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class Inode {
        final int number;
        long modifiedMs;
        byte[] cached = {};
        byte[] durable = {};
        final BitSet dirty = new BitSet();

        Inode(int number) {
            this.number = number;
        }

        void resize(int size) {
            if (size > cached.length) {
                dirty.set(cached.length, size);
            }
            cached = Arrays.copyOf(cached, size);
        }

        void force() {
            byte[] forced = Arrays.copyOf(durable, cached.length);
            for (int i = dirty.nextSetBit(0); i >= 0 && i < cached.length; i = dirty.nextSetBit(i + 1)) {
                forced[i] = cached[i];
            }
            durable = forced;
            dirty.clear();
        }
    }

    private final Random random;
    private Map<Path, Inode> entries = new TreeMap<>();
    private Map<Path, Inode> durableEntries = new TreeMap<>();
    private Path undeletable;
    private Fault fault;
    private int faultAt;
    private String faultName;
    private String faultAfter;
    private int steps;
    private boolean dead;
    private boolean disarmed = true;
    private long bytesCut;
    private int nextInode;
    private long capacity = 1 << 30;

    MemoryFileOps(long seed) {
        random = new Random(seed);
    }

    /** Cannot be deleted from now on. */
    void protect(Path path) {
        undeletable = path;
    }

    /** From the next step on, counted from 0. */
    void arm(Fault newFault, int step) {
        arm(newFault, null, step, null);
    }

    /** At that step of that name, counted from 0, once a step named {@code after} was taken (null: at once). */
    void arm(Fault newFault, String name, int step, String after) {
        fault = newFault;
        faultAt = step;
        faultName = name;
        faultAfter = after;
        steps = 0;
        disarmed = false;
    }

    boolean fired() {
        return steps > faultAt;
    }

    Fault fault() {
        return fault;
    }

    /** A new process: the cache is still there. */
    void restart() {
        dead = false;
        disarmed = true;
    }

    /** A new boot: what was not forced is there in part or not at all. */
    void restartAfterPowerCut(boolean loseAll) {
        entries = new TreeMap<>(durableEntries);
        for (Inode inode : entries.values()) {
            byte[] survived = inode.durable.clone();
            int writtenBack = loseAll ? 0 : random.nextInt(inode.cached.length + 1);
            if (writtenBack > survived.length) {
                int from = survived.length;
                survived = Arrays.copyOf(survived, writtenBack);
                if (random.nextBoolean()) {
                    System.arraycopy(inode.cached, from, survived, from, writtenBack - from);
                }
            }
            inode.cached = survived;
            inode.durable = survived.clone();
            inode.dirty.clear();
        }
        restart();
    }

    /** Bytes that truncations took away: a reader who follows a file would stumble there. */
    long bytesCut() {
        return bytesCut;
    }

    String content(Path path) {
        Inode inode = entries.get(path);
        return inode == null ? null : new String(inode.cached, StandardCharsets.UTF_8);
    }

    List<Path> files() {
        return List.copyOf(entries.keySet());
    }

    /** Bytes of the disk. */
    void capacity(long bytes) {
        capacity = bytes;
    }

    void modified(Path path, long epochMs) {
        entries.get(path).modifiedMs = epochMs;
    }

    byte[] bytes(Path path) {
        return entries.get(path).cached.clone();
    }

    void put(Path path, byte[] content) {
        put(path, "");
        entries.get(path).cached = content.clone();
        entries.get(path).dirty.set(0, content.length);
    }

    /** As another program would, at once and without a fault. */
    void put(Path path, String content) {
        Inode inode = new Inode(nextInode++);
        inode.cached = content.getBytes(StandardCharsets.UTF_8);
        inode.dirty.set(0, inode.cached.length);
        entries.put(path, inode);
    }

    void remove(Path path) {
        entries.remove(path);
    }

    void move(Path from, Path to) {
        entries.put(to, entries.remove(from));
    }

    void cut(Path path, int size) {
        entries.get(path).resize(size);
    }

    void append(Path path, String text) {
        Inode inode = entries.get(path);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int at = inode.cached.length;
        inode.resize(at + bytes.length);
        System.arraycopy(bytes, 0, inode.cached, at, bytes.length);
    }

    private interface Step {
        void take() throws IOException;
    }

    private void step(String name, Step whole) throws IOException {
        step(name, whole, whole);
    }

    /** A step that is not on the disk but may fail like one. */
    void step(String name) throws IOException {
        step(name, () -> {});
    }

    /** One step with its fault, if it is its turn. */
    private void step(String name, Step whole, Step half) throws IOException {
        if (dead) {
            throw new Killed();
        }
        if (disarmed) {
            whole.take();
            return;
        }
        if (faultAfter != null || faultName != null && !faultName.equals(name)) {
            faultAfter = name.equals(faultAfter) ? null : faultAfter;
            whole.take();
            return;
        }
        int number = steps++;
        if (number < faultAt) {
            whole.take();
        } else if (fault == Fault.FAIL_FOR_FIVE_STEPS && number < faultAt + 5) {
            throw new IOException("step " + number + ": no space left on device");
        } else if (number > faultAt) {
            whole.take();
        } else {
            takeFaulty(number, whole, half);
        }
    }

    private void takeFaulty(int number, Step whole, Step half) throws IOException {
        switch (fault) {
            case KILL_AFTER, FAIL_AFTER -> whole.take();
            case KILL_HALF_WAY, FAIL_HALF_WAY -> half.take();
            default -> {
                // nothing was done
            }
        }
        if (fault.name().startsWith("FAIL")) {
            throw new IOException("step " + number + ": input/output error");
        }
        dead = true;
        throw new Killed();
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        step("createDirectories", () -> {});
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        step("open", () -> {
            if (!entries.containsKey(path)) {
                throw new NoSuchFileException(path.toString());
            }
        });
        return new MemoryFile(entries.get(path));
    }

    @Override
    public OpenFile create(Path path) throws IOException {
        step("create", () -> {
            if (entries.containsKey(path)) {
                throw new FileAlreadyExistsException(path.toString());
            }
            entries.put(path, new Inode(nextInode++));
        });
        return new MemoryFile(entries.get(path));
    }

    @Override
    public String key(Path path) throws IOException {
        step("key", () -> {});
        Inode inode = entries.get(path);
        return inode == null ? null : "inode " + inode.number;
    }

    @Override
    public boolean isFile(Path path) throws IOException {
        step("isFile", () -> {});
        return entries.containsKey(path);
    }

    @Override
    public Stat stat(Path path) throws IOException {
        step("stat", () -> {});
        Inode inode = entries.get(path);
        return inode == null ? null : new Stat(inode.cached.length, inode.modifiedMs);
    }

    @Override
    public long length(Path path) throws IOException {
        step("length", () -> {});
        Inode inode = entries.get(path);
        return inode == null ? 0 : inode.cached.length;
    }

    @Override
    public void setModified(Path path, long epochMs) throws IOException {
        step("setModified", () -> modified(path, epochMs));
    }

    @Override
    public long usableSpace(Path directory) throws IOException {
        step("usableSpace", () -> {});
        return capacity
                - entries.values().stream()
                        .mapToLong(inode -> inode.cached.length)
                        .sum();
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        step("list", () -> {});
        return entries.keySet().stream()
                .filter(path -> path.getParent().equals(directory))
                .map(path -> path.getFileName().toString())
                .toList();
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step("rename", () -> {
            Inode inode = entries.remove(from);
            if (inode == null) {
                throw new NoSuchFileException(from.toString());
            }
            entries.put(to, inode);
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        if (path.equals(undeletable)) {
            throw new AccessDeniedException(path.toString());
        }
        step("delete", () -> entries.remove(path));
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        step("forceDirectory", () -> durableEntries = new TreeMap<>(entries));
    }

    private final class MemoryFile implements OpenFile {
        private final Inode inode;

        MemoryFile(Inode inode) {
            this.inode = inode;
        }

        @Override
        public String key() {
            return "inode " + inode.number;
        }

        @Override
        public long size() throws IOException {
            step("size", () -> {});
            return inode.cached.length;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            step("read", () -> {});
            if (position >= inode.cached.length) {
                return -1;
            }
            int count = Math.min(into.remaining(), inode.cached.length - (int) position);
            into.put(inode.cached, (int) position, count);
            return count;
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            int all = from.remaining();
            ByteBuffer source = from.duplicate();
            step("write", () -> put(source, all, position), () -> put(source, all / 2, position));
            from.position(from.limit());
            return all;
        }

        private void put(ByteBuffer source, int count, long position) {
            int at = (int) position;
            inode.resize(Math.max(inode.cached.length, at + count));
            source.get(inode.cached, at, count);
            inode.dirty.set(at, at + count);
        }

        @Override
        public void truncate(long size) throws IOException {
            step("truncate", () -> {
                bytesCut += Math.max(0, inode.cached.length - size);
                inode.resize((int) Math.min(size, inode.cached.length));
            });
        }

        @Override
        public void force() throws IOException {
            try {
                step("force", inode::force);
            } catch (IOException e) {
                inode.dirty.clear();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            step("close", () -> {});
        }
    }
}

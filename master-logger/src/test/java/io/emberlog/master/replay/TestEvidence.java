package io.emberlog.master.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Bytes;
import io.emberlog.message.DropReason;
import io.emberlog.message.DropReport;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingDrain;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.SlotSequences;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Rings and journals as a crash leaves them, made with the real writers. */
public final class TestEvidence implements AutoCloseable {
    /** Above what a kernel hands out unless told to, so nobody has it. */
    private static final long NOBODY = 4_194_303;

    private static final HostIdentity HOST = HostIdentity.read();

    private final Path root;
    private final ChannelDirectory channel;
    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
    private final JournalDocumentWriter documents = new JournalDocumentWriter();
    private final Map<UUID, RingDrain> drains = new HashMap<>();
    private final Map<UUID, long[]> sequences = new HashMap<>();
    private Journal journal;
    private long nextSequence;

    public TestEvidence(Path root) throws IOException {
        this.root = root;
        channel = ChannelDirectory.open(root.resolve("channel"));
    }

    public Path channel() {
        return channel.path();
    }

    public Path state() {
        return root.resolve("state");
    }

    public Path journalPath() {
        return state().resolve("journal");
    }

    /** A ring whose owner is gone. */
    public RingFile ring(String name) throws IOException {
        return ring(name, NOBODY, null);
    }

    public RingFile ring(String name, UUID predecessor) throws IOException {
        return ring(name, NOBODY, predecessor);
    }

    /** A ring on a disk of a machine that was booted since. */
    public RingFile ringOfOtherBoot(String name, boolean checked) throws IOException {
        WorkerIdentity identity = new WorkerIdentity(
                UUID.randomUUID(), name, NOBODY, 0, "other", HOST.machineId(), "", "host", "Main", "service");
        return RingFile.create(channel, new RingSpec(64 * 1024, 0, checked), identity, null, 1_000);
    }

    /** A ring whose owner is this JVM. */
    public RingFile livingRing(String name) throws IOException {
        return ring(name, ProcessHandle.current().pid(), null);
    }

    private RingFile ring(String name, long pid, UUID predecessor) throws IOException {
        WorkerIdentity identity = new WorkerIdentity(
                UUID.randomUUID(),
                name,
                pid,
                0,
                HOST.bootId(),
                HOST.machineId(),
                HOST.pidNamespace(),
                "host",
                "Main",
                "service");
        return RingFile.create(channel, RingSpec.of(64 * 1024), identity, predecessor, 1_000);
    }

    public void log(RingFile ring, long timestampNs, String text) {
        log(ring, 9, timestampNs, "com.acme.Orders", text);
    }

    public void log(RingFile ring, int severity, long timestampNs, String logger, String text) {
        long[] last = sequences.computeIfAbsent(ring.identity().ringUuid(), uuid -> new long[1]);
        log(ring, ++last[0], severity, timestampNs, logger, text);
    }

    /** As a worker that repeats a record, under the same number, in a successor. */
    public void log(RingFile ring, long sequence, int severity, long timestampNs, String logger, String text) {
        encoder.begin();
        encoder.beginEntry(severity, timestampNs, 1);
        encoder.text(MessageDescriptor.LOGGER, logger);
        encoder.text(MessageDescriptor.THREAD_NAME, "main");
        encoder.text(MessageDescriptor.TEMPLATE, text);
        encoder.endEntry();
        encoder.finish(0, sequence);
        int result = ring.ring()
                .offer(
                        MessageDescriptor.TYPE_LOG_BATCH,
                        new VarHandleBuffer(encoder.buffer()),
                        0,
                        encoder.length(),
                        true);
        assertThat(result).isEqualTo(Ring.RINGED);
    }

    /** @param sections writes them, tags ascending */
    public void log(RingFile ring, int severity, long timestampNs, Consumer<BatchEncoder> sections) {
        long[] last = sequences.computeIfAbsent(ring.identity().ringUuid(), uuid -> new long[1]);
        encoder.begin();
        encoder.beginEntry(severity, timestampNs, 1);
        sections.accept(encoder);
        encoder.endEntry();
        encoder.finish(0, ++last[0]);
        offer(ring, MessageDescriptor.TYPE_LOG_BATCH, encoder.buffer(), encoder.length());
    }

    /** As a worker tells what it could not take. */
    public void dropReport(RingFile ring, long toEpochNs, DropReason reason, int severity, long count, long total) {
        byte[] message = new byte[DropReport.length(1)];
        DropReport.encode(message, 0, toEpochNs - 1, toEpochNs, 1);
        DropReport.encodeItem(message, 0, 0, reason.code(), severity, count, total);
        offer(ring, MessageDescriptor.TYPE_DROPPED, message, message.length);
    }

    private static void offer(RingFile ring, int type, byte[] message, int length) {
        assertThat(ring.ring().offer(type, new VarHandleBuffer(message), 0, length, true))
                .isEqualTo(Ring.RINGED);
    }

    public void goodbye(RingFile ring) {
        byte[] message = new byte[MessageDescriptor.HEARTBEAT_LENGTH];
        Heartbeat.encode(message, 0, 1, 2, true);
        offer(ring, MessageDescriptor.TYPE_HEARTBEAT, message, message.length);
    }

    /** As a handler's agent stores it, layout in docs/architecture.md. */
    public void checkpoint(String handler, long nextSequence) throws IOException {
        byte[] name = handler.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(44 + name.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put("EMBERCKP".getBytes(StandardCharsets.US_ASCII)).putInt(1).putInt(0);
        bytes.putLong(0).putLong(nextSequence).putInt(name.length).putInt(0).put(name);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, bytes.position());
        bytes.putInt((int) crc.getValue());
        Files.createDirectories(state().resolve("checkpoints"));
        Files.write(state().resolve("checkpoints/" + handler + ".ckpt"), bytes.array());
    }

    /** What a worker leaves that dies between moving the tail and committing. */
    public void torn(RingFile ring, int length) throws IOException {
        long tail = ring.tail();
        int aligned = length + 7 & -8;
        edit(ring.path(), RingDescriptor.HEADER_LENGTH + (tail & ring.capacity() - 1), -length, Integer.BYTES);
        edit(ring.path(), tailOffset(ring), tail + aligned, Long.BYTES);
    }

    /** What a worker leaves that dies between moving the tail and storing the length. */
    public void hole(RingFile ring, int length) throws IOException {
        edit(ring.path(), tailOffset(ring), ring.tail() + (length + 7 & -8), Long.BYTES);
    }

    public static long tailOffset(RingFile ring) {
        return RingDescriptor.HEADER_LENGTH + ring.capacity() + RingBufferDescriptor.TAIL_POSITION_OFFSET;
    }

    public static void edit(Path file, long offset, long value, int bytes) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        word.putLong(0, value).limit(bytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(word, offset);
        }
    }

    public Journal journal() throws Exception {
        if (journal == null) {
            JournalConfig defaults = JournalConfig.in(journalPath());
            journal = Journal.open(
                    new JournalConfig(journalPath(), 1 << 20, 0, 256 << 10, defaults.rollIntervalMs(), 0),
                    JournalListener.NONE);
        }
        return journal;
    }

    /** As the master does: takes what the ring has, appends it as one document, releases it. */
    public void drain(RingFile ring, boolean release) throws Exception {
        drain(ring, release, 100_000);
    }

    public void drain(RingFile ring, boolean release, long appendedEpochNs) throws Exception {
        UUID uuid = ring.identity().ringUuid();
        RingDrain drain = drains.get(uuid);
        if (drain == null) {
            drain = new RingDrain(ring, -1, new SlotSequences());
            drains.put(uuid, drain);
        }
        RingBlock block = new RingBlock();
        while (drain.take(block, 1 << 20, 1 << 20, (sent, next, goodbye) -> {}) > 0) {
            documents.begin(nextSequence, appendedEpochNs);
            int source = documents.addSource(ring.identity(), block.position(), block.endPosition());
            documents.addSegment(source, block.position(), block.bytes(), 0, block.length());
            append(block.entryCount());
            if (release) {
                drain.release(block.endPosition());
            }
        }
    }

    /** Says in the journal that the ring is finished. */
    public void end(RingFile ring, long torn, long holes) throws Exception {
        documents.begin(nextSequence, 1);
        documents.addEnded(ring.identity().ringUuid(), ring.tail(), torn, holes, Map.of());
        append(0);
    }

    private void append(int records) throws Exception {
        int length = documents.finish(records);
        journal().append(documents.array(), length);
        nextSequence += records;
    }

    /** The numbers of these records are never given. */
    public void skipNumbers(int count) {
        nextSequence += count;
    }

    /** What a kill of the master leaves: the files. */
    public void closeJournal() {
        if (journal != null) {
            journal.close();
            journal = null;
        }
    }

    /** Each file with its length, time and checksum, each directory with its time. */
    public Map<String, String> fingerprint() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String text = Files.getLastModifiedTime(path) + " " + Files.getAttribute(path, "unix:mode");
                if (Files.isRegularFile(path)) {
                    CRC32C crc = new CRC32C();
                    crc.update(Files.readAllBytes(path));
                    text += " " + Files.size(path) + " " + crc.getValue();
                }
                files.put(root.relativize(path).toString(), text);
            }
        }
        return files;
    }

    /** Segment files, oldest first. */
    public Path[] segments() throws IOException {
        try (Stream<Path> files = Files.list(journalPath())) {
            return files.filter(file -> file.toString().endsWith(".cq4"))
                    .sorted()
                    .toArray(Path[]::new);
        }
    }

    /** A value at random places of a file's first bytes. */
    static void putRandom(Path file, long offset, int value) throws IOException {
        byte[] word = new byte[Integer.BYTES];
        Bytes.putInt(word, 0, value);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(word), offset);
        }
    }

    @Override
    public void close() {
        closeJournal();
    }
}

package io.emberlog.master.drain;

import io.emberlog.heartbeat.CrashForensics;
import io.emberlog.heartbeat.DeathReport;
import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.LivenessConfig;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalReader;
import io.emberlog.master.journal.JournalRecovery;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.VarHandleBuffer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * A whole drain agent with a hostile ring between two honest ones, round after round: the hostile one's file is cut, grown or
 * scribbled over at a drawn moment. Honest records must all be journaled, once, in order; no step may throw; and the
 * hostile ring must be out of the way at the end of its round. A process of its own, for the sake of its JVM.
 */
public final class NeighbourChild {
    private static final DeathReport KILLED = new DeathReport(
            false, "ended without goodbye", Optional.empty(), false, OptionalInt.empty(), OptionalLong.empty());
    private static final int CAPACITY = 64 * 1024;
    private static final int FILE_LENGTH = (int) RingDescriptor.fileLength(CAPACITY);
    private static final int PER_STEP = 5;
    private static final int MOST_PASSES = 10_000;
    private static final int[] TEMPTING = {0, 1, -1, 7, 8, -8, 16, CAPACITY, Integer.MAX_VALUE, Integer.MIN_VALUE};

    /** When the worker turns against its master. */
    enum Moment {
        OPENED,
        LISTED,
        TAKEN,
        DRAINED,
        JUDGED,
        SEALED,
        SALVAGED,
        ENDED
    }

    private final SplittableRandom random;
    private final boolean cuts;
    private final ChannelDirectory channel;
    private final Path journalDirectory;
    private final Journal journal;
    private final RingReaper reaper;
    private final SyncAgent sync;
    private final DrainAgent agent;
    private final BatchEncoder encoder = new BatchEncoder(BatchEncoder.MIN_MAX_LENGTH, 64);
    private final List<String> expected = new ArrayList<>();
    private long nowNs;

    private NeighbourChild(Path directory, long seed, boolean cuts) throws Exception {
        random = new SplittableRandom(seed);
        this.cuts = cuts;
        channel = ChannelDirectory.open(directory.resolve("channel"));
        journalDirectory = directory.resolve("journal");
        journal = Journal.open(JournalConfig.in(journalDirectory), JournalListener.NONE);
        Alarm alarm = new Alarm(line -> {}, () -> nowNs);
        MasterEvents events = new MasterEvents(identity("master"), () -> 1, alarm);
        ProcessProbe probe = new ProcessProbe(new HostIdentity("this boot", "this machine", "", false));
        LivenessMonitor liveness = new LivenessMonitor(
                LivenessConfig.DEFAULTS, () -> nowNs, probe, new CrashForensics(probe, List.of()), transition -> {});
        reaper = new RingReaper(journal, events);
        sync = new SyncAgent(journal, Duration.ofNanos(1), SyncAgent.NO_LEVEL, () -> nowNs, () -> {});
        agent = new DrainAgent(
                journal,
                JournalListener.NONE,
                JournalRecovery.recover(journal),
                liveness,
                events,
                reaper,
                sync,
                (index, next) -> {},
                () -> nowNs,
                () -> 1_000_000,
                256 * 1024);
    }

    /** Directory, seed, rounds, and whether files are cut. Prints how many rounds were fine. */
    public static void main(String... args) throws Exception {
        NeighbourChild child =
                new NeighbourChild(Path.of(args[0]), Long.parseLong(args[1]), Boolean.parseBoolean(args[3]));
        long rounds = Long.parseLong(args[2]);
        for (long round = 0; round < rounds; round++) {
            Moment moment = Moment.values()[(int) (round % Moment.values().length)];
            try {
                child.round(round, moment);
            } catch (Throwable t) {
                throw new AssertionError("round " + round + ", hostile when " + moment, t);
            }
        }
        child.journal.close();
        child.compare();
        System.out.println("fine: " + rounds);
    }

    private static WorkerIdentity identity(String name) {
        return new WorkerIdentity(UUID.randomUUID(), name, 1, 1, "", "", "", "host", "process", "");
    }

    private void round(long round, Moment moment) throws Exception {
        agent.reorderWindow(Duration.ofMillis(moment == Moment.TAKEN ? 50 : 0));
        RingFile[] rings = new RingFile[3];
        List<RingFile> opened = new ArrayList<>();
        for (int i = 0; i < rings.length; i++) {
            UUID predecessor = i == 1 && random.nextInt(4) == 0 ? UUID.randomUUID() : null;
            rings[i] = RingFile.create(channel, RingSpec.of(CAPACITY), identity("r" + i), predecessor, 1);
            opened.add(RingFile.open(rings[i].path()));
        }
        Path hostile = rings[1].path();
        int said = 0;
        for (Moment at : Moment.values()) {
            if (at == moment) {
                turn(hostile, opened.get(1));
            }
            switch (at) {
                case OPENED -> {
                    said = log(rings, round, said, moment);
                    agent.found(opened);
                }
                case LISTED -> agent.doWork();
                case TAKEN, DRAINED -> {
                    said = log(rings, round, said, moment);
                    passes();
                }
                case JUDGED -> {
                    for (RingFile ring : rings) {
                        agent.ownerDead(ring.identity().ringUuid(), KILLED, -1);
                    }
                    agent.doWork();
                }
                case SEALED -> {
                    nowNs += RingSession.SEAL_GRACE_NS;
                    agent.doWork();
                }
                case SALVAGED -> passes();
                default -> {
                    reaper.doWork();
                    sync.doWork();
                }
            }
            sync.doWork();
        }
        agent.found(List.of());
        agent.found(List.of());
        nowNs += 10 * RingSession.SEAL_GRACE_NS;
        passes();
        reaper.doWork();
        if (!agent.isDrained()) {
            throw new AssertionError("a ring is still at work");
        }
        if (Files.exists(rings[0].path()) || Files.exists(rings[2].path())) {
            throw new AssertionError("an honest ring is still there");
        }
        try (var files = Files.list(channel.path())) {
            for (Path left : files.toList()) {
                Files.delete(left);
            }
        }
    }

    private void passes() {
        int idle = 0;
        for (int pass = 0; idle < 3; pass++) {
            if (pass == MOST_PASSES) {
                throw new AssertionError("the agent finds no end");
            }
            idle = agent.doWork() == 0 ? idle + 1 : 0;
            sync.doWork();
            agent.isDrained();
            nowNs += 20_000_000;
        }
    }

    /** A few records into each ring; into the hostile one only while it is honest. */
    private int log(RingFile[] rings, long round, int said, Moment moment) {
        int next = said;
        for (int n = 0; n < PER_STEP; n++, next++) {
            for (int i = 0; i < rings.length; i++) {
                if (i == 1 && said > 0) {
                    continue;
                }
                String text = i + "/" + round + "/" + next;
                encoder.begin();
                encoder.beginEntry(9, 1, 1);
                encoder.text(MessageDescriptor.TEMPLATE, text);
                encoder.endEntry();
                encoder.finish(i, next + 1);
                int result = i == 1 && moment == Moment.OPENED
                        ? Ring.RINGED // it is cut already
                        : rings[i].ring()
                                .offer(
                                        MessageDescriptor.TYPE_LOG_BATCH,
                                        new VarHandleBuffer(encoder.buffer()),
                                        0,
                                        encoder.length(),
                                        true);
                if (result != Ring.RINGED) {
                    throw new AssertionError("offer=" + result);
                }
                if (i != 1) {
                    expected.add(text);
                }
            }
        }
        return next;
    }

    private void turn(Path path, RingFile opened) throws Exception {
        if (Files.notExists(path)) {
            return; // ended before it could turn
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            if (cuts) {
                file.truncate(random.nextInt(3) == 0 ? 0 : random.nextInt(FILE_LENGTH));
                if (random.nextBoolean()) {
                    file.write(ByteBuffer.allocate(1), random.nextInt(2 * FILE_LENGTH)); // and grown
                }
                return;
            }
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                ByteBuffer word = ByteBuffer.allocate(Integer.BYTES);
                word.putInt(
                        0,
                        Integer.reverseBytes(
                                random.nextInt(3) == 0 ? random.nextInt() : TEMPTING[random.nextInt(TEMPTING.length)]));
                file.write(word, at());
            }
        }
    }

    /** Half of the damage goes where it hurts: the header's words, the first records and the trailer. */
    private long at() {
        return switch (random.nextInt(4)) {
            case 0 -> 128 + 8 * random.nextInt(90);
            case 1 -> 4096 + 4 * random.nextInt(100);
            case 2 -> 4096 + CAPACITY + 4 * random.nextInt(192);
            default -> 4 * random.nextInt(FILE_LENGTH / 4);
        };
    }

    /** Whatever the hostile ring's own records became. */
    private void compare() throws Exception {
        List<String> journaled = new ArrayList<>();
        JournalDocumentReader document = new JournalDocumentReader();
        RingBlockReader records = new RingBlockReader();
        try (JournalReader reader = JournalReader.open(journalDirectory, JournalListener.NONE)) {
            while (reader.next(document)) {
                for (int segment = 0; segment < document.segmentCount(); segment++) {
                    String name = document.sourceIdentity(document.segmentSource(segment))
                            .name();
                    records.wrap(
                            document.array(),
                            document.segmentOffset(segment),
                            document.segmentLength(segment),
                            document.segmentPosition(segment));
                    while (records.nextEntry()) {
                        if (name.equals("r0") || name.equals("r2")) {
                            journaled.add(records.entry().text(MessageDescriptor.TEMPLATE));
                        }
                    }
                    if (records.broken() != null) {
                        throw new AssertionError("in the journal: " + records.broken());
                    }
                }
            }
        }
        for (String ring : List.of("0/", "2/")) {
            List<String> told =
                    journaled.stream().filter(text -> text.startsWith(ring)).toList();
            List<String> said =
                    expected.stream().filter(text -> text.startsWith(ring)).toList();
            if (!told.equals(said)) {
                throw new AssertionError(
                        "of " + said.size() + " honest records of ring " + ring + " " + told.size() + " are journaled");
            }
        }
    }
}

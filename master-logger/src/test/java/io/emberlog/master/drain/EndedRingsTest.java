package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.heartbeat.CrashForensics;
import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.LivenessConfig;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.master.journal.RingEnd;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.UserFolders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndedRingsTest {
    private static final int VICTIM = 5001;
    private static final int FLOODING = 5002;
    private static final int ROOM = 256 * 1024;

    @TempDir
    Path temp;

    private final Set<UUID> withFile = new HashSet<>();
    private final EndedRings ended = new EndedRings(withFile::contains);

    private static RingEnd end(int slots) {
        Map<Integer, Long> last = new HashMap<>();
        for (int slot = 0; slot < slots; slot++) {
            last.put(slot, 7L);
        }
        return new RingEnd(4096, true, last);
    }

    private List<UUID> add(int uid, int count) {
        List<UUID> rings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rings.add(UserFolders.newRingUuid(uid));
            ended.add(rings.get(i), end(64));
        }
        return rings;
    }

    private Map<UUID, RingEnd> state() {
        Map<UUID, RingEnd> state = new HashMap<>();
        ended.addTo(state, ROOM);
        return state;
    }

    @Test
    void whatOneUserEndsMakesNothingOfAnotherForgotten() {
        UUID victims = add(VICTIM, 1).get(0);
        List<UUID> flood = add(FLOODING, 3 * EndedRings.REMEMBERED);

        assertThat(ended.contains(victims)).isTrue();
        assertThat(ended.contains(flood.get(2 * EndedRings.REMEMBERED - 1))).isFalse();
        assertThat(ended.contains(flood.get(2 * EndedRings.REMEMBERED))).isTrue();
        assertThat(state()).containsKey(victims);
    }

    @Test
    void whatHasAFileIsNotForgottenHoweverManyEndLater() {
        UUID first = add(FLOODING, 1).get(0);
        withFile.add(first);
        add(FLOODING, 2 * EndedRings.REMEMBERED);

        assertThat(ended.contains(first)).isTrue();
        assertThat(state()).containsKey(first);
        withFile.clear();
        add(FLOODING, 1);
        assertThat(ended.contains(first)).isFalse();
    }

    @Test
    void theStateHoldsTheNewestThatFit() {
        List<UUID> rings = add(VICTIM, EndedRings.REMEMBERED);
        List<UUID> others = add(FLOODING, EndedRings.REMEMBERED);
        Map<UUID, RingEnd> state = state();

        int each = ROOM / JournalDocumentWriter.stateLength(end(64)) / 2;
        assertThat(state).hasSizeBetween(2 * each, 2 * each + 1);
        assertThat(state)
                .containsKeys(rings.subList(EndedRings.REMEMBERED - each, EndedRings.REMEMBERED)
                        .toArray(UUID[]::new));
        assertThat(state)
                .containsKeys(others.subList(EndedRings.REMEMBERED - each, EndedRings.REMEMBERED)
                        .toArray(UUID[]::new));
        JournalDocumentWriter writer = new JournalDocumentWriter();
        writer.begin(0, 1);
        assertThat(writer.addState(0, state)).isTrue();
        assertThat(writer.remaining()).as("room for records").isGreaterThan(800 * 1024);
    }

    /** Forgotten, it would be drained a second time by the next master if this one died before it had removed the file. */
    @Test
    void anEndedRingWhoseFileIsThereStandsInEveryStateUntilTheFileIsGone() throws Exception {
        UUID oldest = new UUID(Long.MIN_VALUE, Long.MIN_VALUE);
        Map<UUID, RingEnd> known = new HashMap<>(Map.of(oldest, end(64)));
        while (known.size() < 2 * EndedRings.REMEMBERED) {
            known.put(UUID.randomUUID(), end(64));
        }
        RingFile file = RingFile.create(
                ChannelDirectory.open(temp.resolve("channel")),
                RingSpec.of(64 * 1024),
                new WorkerIdentity(oldest, "w", 1, 1, "", "", "", "host", "process", ""),
                null,
                1);
        try (Journal journal = Journal.open(JournalConfig.in(temp.resolve("journal")), JournalListener.NONE)) {
            ProcessProbe probe = new ProcessProbe(new HostIdentity("boot", "machine", "", false));
            RingReaper reaper =
                    new RingReaper(journal, new MasterEvents(file.identity(), () -> 1, new Alarm(text -> {}, () -> 0)));
            RingRoster roster = new RingRoster(
                    new RecoveredState(0, known),
                    new LivenessMonitor(
                            LivenessConfig.DEFAULTS, () -> 0, probe, new CrashForensics(probe, List.of()), to -> {}),
                    reaper,
                    new SyncAgent(journal, Duration.ZERO, SyncAgent.NO_LEVEL, () -> 0, () -> {}));
            roster.found(List.of(file), true);

            assertThat(roster.sessions()).isEmpty();
            assertThat(roster.ends(0)).containsEntry(oldest, end(64));
            reaper.doWork();
            assertThat(file.path()).doesNotExist();
            assertThat(roster.ends(0)).doesNotContainKey(oldest);
        }
    }
}

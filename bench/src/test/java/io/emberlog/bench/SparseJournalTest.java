package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalReader;
import io.emberlog.master.journal.JournalRecovery;
import io.emberlog.master.journal.JournalScanner;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.master.journal.RingEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that a master does not take for one would make every start on it fast. */
class SparseJournalTest {
    private static final int SEGMENTS = 3;
    private static final long MIB = 1 << 20;

    @TempDir
    Path temp;

    /** What readers find to complain about. */
    private final List<String> complaints = new ArrayList<>();

    private final JournalListener listener = new JournalListener() {
        @Override
        public void onBroken(long index, String what) {
            complaints.add(what);
        }

        @Override
        public void onGap(long expectedSequence, long foundSequence) {
            complaints.add(expectedSequence + " and found " + foundSequence);
        }

        @Override
        public void onRepaired(Path file, String what) {
            complaints.add(file + " " + what);
        }
    };

    private final JournalDocumentReader document = new JournalDocumentReader();

    @Test
    void itIsAsLongAsAFullOneAndTakesNoRoom() throws Exception {
        SparseJournal.write(temp, SEGMENTS);
        assertThat(JournalScanner.segments(temp)).hasSize(SEGMENTS);
        for (Path segment : JournalScanner.segments(temp).values()) {
            assertThat(Files.size(segment)).isEqualTo(64 * MIB);
            assertThat(JournalScanner.allocatedBytes(segment)).isLessThan(MIB);
        }
    }

    @Test
    void whoeverReadsItFindsAllDocumentsAndNothingBroken() throws Exception {
        SparseJournal.write(temp, SEGMENTS);
        int scanned = 0;
        try (JournalScanner scanner = JournalScanner.open(temp, listener)) {
            while (scanner.next(document)) {
                scanned++;
            }
        }
        int read = 0;
        try (JournalReader reader = JournalReader.open(temp, listener)) {
            while (reader.next(document)) {
                read++;
            }
        }
        assertThat(scanned).isEqualTo(SEGMENTS);
        assertThat(read).isEqualTo(SEGMENTS);
        assertThat(JournalRecovery.recover(temp, listener)).isEqualTo(RecoveredState.FRESH);
        assertThat(complaints).isEmpty();
    }

    @Test
    void aMasterGoesOnBehindIt() throws Exception {
        SparseJournal.write(temp, SEGMENTS);
        Map<UUID, RingEnd> rings = Map.of(new UUID(1, 2), new RingEnd(4096, false, Map.of()));
        JournalDocumentWriter next = new JournalDocumentWriter();
        next.begin(0, 1);
        next.addState(0, rings);
        try (Journal journal = Journal.open(JournalConfig.in(temp), listener)) {
            journal.append(next.array(), next.finish(0));
        }
        assertThat(JournalScanner.segments(temp)).hasSize(SEGMENTS + 1);
        assertThat(JournalRecovery.recover(temp, listener).rings()).isEqualTo(rings);
        assertThat(complaints).isEmpty();
    }

    @Test
    void ofNoSegmentsThereIsNoJournal() throws Exception {
        SparseJournal.write(temp.resolve("journal"), 0);
        assertThat(temp.resolve("journal")).doesNotExist();
    }
}

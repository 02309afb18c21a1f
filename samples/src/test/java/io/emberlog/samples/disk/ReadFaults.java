package io.emberlog.samples.disk;

import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalReader;
import io.emberlog.master.journal.JournalRecovery;
import io.emberlog.samples.disk.FaultyIo.Action;
import io.emberlog.samples.disk.FaultyIo.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A process that reads a sound journal with each of its calls failing in turn: it must find what is there, or say that it cannot,
 * and never take a call that failed for damage or for the journal's end. Prints a line of how many faults it made, behind lines
 * of what was wrong.
 *
 * <pre>
 *   ReadFaults CONTROL_FILE JOURNAL_DIRECTORY
 * </pre>
 */
final class ReadFaults {
    private static final int MOST_WRONG = 20;

    /** What it finds must be the same each time. */
    @FunctionalInterface
    private interface Reading {
        Object read(JournalListener listener) throws JournalException;
    }

    private final FaultyIo io;
    private final Path journal;
    private int made;
    private int told;
    private int wrong;

    private ReadFaults(FaultyIo io, Path journal) {
        this.io = io;
        this.journal = journal;
    }

    public static void main(String... arguments) throws Exception {
        ReadFaults faults = new ReadFaults(FaultyIo.control(Path.of(arguments[0])), Path.of(arguments[1]));
        faults.inEachCallOf("recovery", faults::recover);
        faults.inEachCallOf("reading", listener -> faults.read(listener, -1));
        long middle = faults.middle();
        faults.inEachCallOf("reading on", listener -> faults.read(listener, middle));
        System.out.println(faults.made + " faults, " + faults.told + " told");
        System.exit(faults.wrong == 0 ? 0 : 1);
    }

    private void inEachCallOf(String what, Reading reading) throws JournalException {
        Object expected = reading.read(JournalListener.NONE);
        for (Kind kind : List.of(Kind.OPEN, Kind.READ, Kind.MAP)) {
            List<Action> actions = kind == Kind.READ ? List.of(Action.EIO, Action.HALF) : List.of(Action.EIO);
            for (Action action : actions) {
                for (int times : List.of(1, FaultyIo.FOR_EVER)) {
                    int k = 1;
                    while (wrong < MOST_WRONG && fails(what, reading, expected, kind, action, k, times)) {
                        k++;
                    }
                }
            }
        }
    }

    /** @return false when there is no such call */
    private boolean fails(String what, Reading reading, Object expected, Kind kind, Action action, int k, int times) {
        StringBuilder reports = new StringBuilder();
        JournalListener listener = new JournalListener() {
            @Override
            public void onBroken(long index, String problem) {
                reports.append("; broken at ").append(index).append(": ").append(problem);
            }

            @Override
            public void onGap(long expectedSequence, long foundSequence) {
                reports.append("; gap from ")
                        .append(expectedSequence)
                        .append(" to ")
                        .append(foundSequence);
            }
        };
        io.arm(Set.of(kind), journal, action, k, times);
        String found = "";
        boolean failed = false;
        try {
            Object result = reading.read(listener);
            found = result.equals(expected) ? "" : "found " + result + " instead of " + expected;
        } catch (JournalException | RuntimeException e) {
            failed = true;
        } finally {
            io.heal();
        }
        if (io.failed() == 0) {
            return false;
        }
        made++;
        told += failed ? 1 : 0;
        if (!found.isEmpty() || reports.length() > 0) {
            wrong++;
            System.out.println(what + ", " + action + " at " + kind + " " + k + (times == 1 ? "" : " and on") + " ("
                    + io.last() + "): " + found + reports);
        }
        return true;
    }

    private Object recover(JournalListener listener) throws JournalException {
        return JournalRecovery.recover(journal, listener);
    }

    /** Documents and records behind an index, and where they end. */
    private Object read(JournalListener listener, long behind) throws JournalException {
        try (JournalReader reader = JournalReader.open(journal, listener)) {
            if (behind >= 0) {
                reader.moveAfter(behind, -1);
            }
            JournalDocumentReader document = new JournalDocumentReader();
            long documents = 0;
            long records = 0;
            while (reader.next(document)) {
                documents++;
                records += document.recordCount();
            }
            return List.of(documents, records, reader.index());
        }
    }

    private long middle() throws JournalException {
        try (JournalReader reader = JournalReader.open(journal, JournalListener.NONE)) {
            JournalDocumentReader document = new JournalDocumentReader();
            for (int i = 0; i < 10 && reader.next(document); i++) {
                continue;
            }
            return reader.index();
        }
    }
}

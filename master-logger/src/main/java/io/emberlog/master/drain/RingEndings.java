package io.emberlog.master.drain;

import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.RingEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The rings that end with the document being made: in order, when nothing readable is left in them, or set aside because
 * their bytes break the rules. The drain thread only.
 */
final class RingEndings {
    private final JournalDocumentWriter writer;
    private final MasterEvents events;
    private final EventSink told;
    private final List<RingSession> sessions = new ArrayList<>();

    RingEndings(JournalDocumentWriter writer, MasterEvents events) {
        this.writer = writer;
        this.events = events;
        this.told = events.ofDocument();
    }

    void clear() {
        sessions.clear();
    }

    /** Their document is not to be. */
    void forget() {
        events.forgetDocument();
        clear();
    }

    /** Those whose end stands in the document. */
    List<RingSession> sessions() {
        return sessions;
    }

    /**
     * Nothing readable is left.
     *
     * @param replaced its owner went on in another ring: how that owner ends is told with the last of them, once
     */
    void end(RingSession session, boolean replaced) {
        RingDrops drops = RingDrops.of(session.file.header());
        session.ended();
        if (!addMark(session)) {
            throw new IllegalStateException("no room for an ENDED mark in remaining=" + writer.remaining());
        }
        if (session.earlierBoot) {
            WorkerEvents.resynced(told, session);
        }
        WorkerEvents.ended(told, session, replaced, drops);
    }

    /** Its bytes break the rules, or its file was cut: kept under another name, as evidence. */
    void quarantine(RingSession session, Throwable cause) {
        Path from = session.file.path();
        String kept;
        try {
            session.file.seal();
        } catch (InternalError e) {
            // cut while in use: its owner finds out by its own fault and replaces it
        }
        try {
            kept = RingReaper.setAside(from).toString();
        } catch (IOException e) {
            kept = from + " (" + e + ")"; // the reaper tries again
        }
        session.setAside();
        addMark(session);
        WorkerEvents.quarantined(told, session.identity, cause.getMessage(), kept);
    }

    private boolean addMark(RingSession session) {
        RingEnd end = session.end();
        boolean added = writer.addEnded(
                session.identity.ringUuid(), end.endPosition(), session.torn(), session.holes(), end.lastSequences());
        sessions.add(session);
        return added;
    }
}

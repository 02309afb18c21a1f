package io.emberlog.master.drain;

import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.RingEnd;
import io.emberlog.ring.UserFolders;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What is remembered of rings that the journal calls ended: those whose file may still be there all, for it would be drained
 * again; of the others the newest {@link #REMEMBERED} of each user, since a late successor goes on where the slots of its
 * predecessor ended. No user makes another's forgotten. The drain thread only.
 */
final class EndedRings {
    static final int REMEMBERED = 1_000;

    private static final int ONE_USER = -1;

    private final Predicate<UUID> hasFile;
    private final Map<Integer, LinkedHashMap<UUID, RingEnd>> users = new HashMap<>();

    /** @param hasFile whether the file of an ended ring may still be there */
    EndedRings(Predicate<UUID> hasFile) {
        this.hasFile = hasFile;
    }

    void add(UUID ring, RingEnd end) {
        LinkedHashMap<UUID, RingEnd> rings = users.computeIfAbsent(userOf(ring), user -> new LinkedHashMap<>());
        rings.remove(ring); // the newest stand last
        rings.put(ring, new RingEnd(end.endPosition(), true, end.lastSequences()));
        Iterator<UUID> oldest = rings.keySet().iterator();
        while (rings.size() > REMEMBERED && oldest.hasNext()) {
            if (!hasFile.test(oldest.next())) {
                oldest.remove();
            }
        }
    }

    boolean contains(UUID ring) {
        return get(ring) != null;
    }

    /** Null when it is not known. */
    RingEnd get(UUID ring) {
        Map<UUID, RingEnd> rings = users.get(userOf(ring));
        return rings == null ? null : rings.get(ring);
    }

    /**
     * Adds those with a file, and of the others the newest, each user in turn, as long as there is room.
     *
     * @param room bytes of a STATE
     */
    void addTo(Map<UUID, RingEnd> state, long room) {
        List<Iterator<Map.Entry<UUID, RingEnd>>> turns = new ArrayList<>();
        long left = room;
        for (LinkedHashMap<UUID, RingEnd> rings : users.values()) {
            List<Map.Entry<UUID, RingEnd>> optional = new ArrayList<>();
            for (Map.Entry<UUID, RingEnd> ring : rings.entrySet()) {
                if (hasFile.test(ring.getKey())) {
                    state.put(ring.getKey(), ring.getValue());
                    left -= JournalDocumentWriter.stateLength(ring.getValue());
                } else {
                    optional.add(ring);
                }
            }
            Collections.reverse(optional);
            turns.add(optional.iterator());
        }
        boolean more = true;
        while (more) {
            more = false;
            for (Iterator<Map.Entry<UUID, RingEnd>> turn : turns) {
                if (turn.hasNext()) {
                    Map.Entry<UUID, RingEnd> ring = turn.next();
                    left -= JournalDocumentWriter.stateLength(ring.getValue());
                    if (left < 0) {
                        return;
                    }
                    state.put(ring.getKey(), ring.getValue());
                    more = true;
                }
            }
        }
    }

    private static int userOf(UUID ring) {
        return UserFolders.userOf(ring).orElse(ONE_USER);
    }
}

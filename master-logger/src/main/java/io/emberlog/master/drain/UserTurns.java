package io.emberlog.master.drain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * In which order one pass visits the rings: users in turn, and each user's rings in turn, going on where the last pass
 * stopped. So a user with hundreds of busy rings gets no more of a pass than one with a single ring. In one user's channel all
 * rings count as one user's. The drain thread only.
 */
final class UserTurns {
    /** One user's rings, and which of them is next. */
    private static final class Queue {
        private final List<RingSession> rings = new ArrayList<>();
        private int next;
        private int visited;
    }

    private final Map<Integer, Queue> users = new LinkedHashMap<>();
    private final List<Queue> order = new ArrayList<>();
    private final List<RingSession> rings = new ArrayList<>();
    private int firstUser;

    /** Arranges the rings for a pass. */
    void begin(List<RingSession> sessions) {
        users.values().forEach(queue -> queue.rings.clear());
        for (RingSession session : sessions) {
            users.computeIfAbsent(session.user, unknown -> new Queue()).rings.add(session);
        }
        users.values().removeIf(queue -> queue.rings.isEmpty());
        order.clear();
        rings.clear();
        List<Queue> queues = new ArrayList<>(users.values());
        for (int round = 0; rings.size() < sessions.size(); round++) {
            for (int i = 0; i < queues.size(); i++) {
                Queue queue = queues.get((firstUser + i) % queues.size());
                int size = queue.rings.size();
                if (round < size) {
                    order.add(queue);
                    rings.add(queue.rings.get((queue.next + round) % size));
                }
            }
        }
    }

    /** The ring to be visited as that one of the pass, from 0. */
    RingSession at(int place) {
        return rings.get(place);
    }

    /** The pass is over, after that many visits. */
    void end(int visits) {
        for (int i = 0; i < visits; i++) {
            order.get(i).visited++;
        }
        for (Queue queue : users.values()) {
            int size = queue.rings.size();
            queue.next = (queue.next + (queue.visited == size ? 1 : queue.visited)) % size;
            queue.visited = 0;
        }
        int count = users.size();
        firstUser = count == 0 ? 0 : (firstUser + (visits == rings.size() ? 1 : visits)) % count;
    }
}

package io.emberlog.master.drain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * In which order one pass visits the rings: users in turn, and each user's rings in turn, going on where the last pass
 * stopped. So a user with hundreds of busy rings gets no more of a pass than one with a single ring. In one user's channel all
 * rings count as one user's. Rings that a pass leaves out keep their places. The drain thread only; makes no garbage while no user and
 * no ring is new.
 */
final class UserTurns {
    /** One user's rings. */
    private static final class Queue {
        private final int user;
        private final List<RingSession> rings = new ArrayList<>();
        /** Where each of {@link #rings} stands among all. */
        private int[] places = new int[8];

        private boolean isThere;
        /** Of the ring that is next; where it is left out, the one behind it is. */
        private int nextPlace;

        private int first;
        private int visited;

        Queue(int user) {
            this.user = user;
        }

        void add(RingSession ring, int place) {
            if (rings.size() == places.length) {
                places = Arrays.copyOf(places, 2 * places.length);
            }
            places[rings.size()] = place;
            rings.add(ring);
        }

        void findFirst() {
            first = 0;
            while (first < rings.size() && places[first] < nextPlace) {
                first++;
            }
            first = first == rings.size() ? 0 : first;
        }

        int index(int turn) {
            return (first + turn) % rings.size();
        }
    }

    private final Map<Integer, Queue> users = new HashMap<>();
    private final List<Queue> queues = new ArrayList<>();
    /** Of each visit the user, and the ring. */
    private final List<Queue> order = new ArrayList<>();

    private final List<RingSession> rings = new ArrayList<>();
    private int firstUser;

    /**
     * Arranges the rings for a pass.
     *
     * @param sessions all rings
     * @param visits those that this pass is to visit
     * @return how many these are
     */
    int begin(List<RingSession> sessions, Predicate<RingSession> visits) {
        for (Queue queue : queues) {
            queue.rings.clear();
            queue.isThere = false;
        }
        order.clear();
        rings.clear();
        int count = 0;
        Queue queue = null;
        for (int place = 0; place < sessions.size(); place++) {
            RingSession session = sessions.get(place);
            if (queue == null || queue.user != session.user) {
                queue = queue(session.user);
            }
            queue.isThere = true;
            if (visits.test(session)) {
                queue.add(session, place);
                count++;
            }
        }
        arrange(count);
        return count;
    }

    private Queue queue(int user) {
        Queue known = users.get(user);
        if (known == null) {
            known = new Queue(user);
            queues.add(known); // first: one that only the map knows, after a full heap, would never be arranged
            users.put(user, known);
        }
        return known;
    }

    private void arrange(int count) {
        for (int i = queues.size() - 1; i >= 0; i--) {
            if (!queues.get(i).isThere) {
                Queue gone = queues.remove(i);
                users.remove(gone.user, gone);
            }
        }
        queues.forEach(Queue::findFirst);
        for (int round = 0; rings.size() < count; round++) {
            for (int i = 0; i < queues.size(); i++) {
                Queue queue = queues.get((firstUser + i) % queues.size());
                if (round < queue.rings.size()) {
                    order.add(queue);
                    rings.add(queue.rings.get(queue.index(round)));
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
        for (Queue queue : queues) {
            if (queue.visited > 0) {
                // after all of them the one behind the first, else the one behind the last
                boolean all = queue.visited == queue.rings.size();
                queue.nextPlace = queue.places[queue.index(all ? 0 : queue.visited - 1)] + 1;
                queue.visited = 0;
            }
        }
        if (visits > 0) {
            Queue last = order.get(visits == rings.size() ? 0 : visits - 1);
            firstUser = (queues.indexOf(last) + 1) % queues.size();
        }
    }
}

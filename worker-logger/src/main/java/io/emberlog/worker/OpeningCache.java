package io.emberlog.worker;

import java.util.Arrays;

/**
 * The encoded sections that entries begin with (logger, thread name, template), for those that come again and again as
 * the same objects: one copy then instead of three texts. An opening is kept when it is met for the second time in a row
 * at its place, so that strings made for one call neither enter nor make garbage. Keeps a bounded number of short ones.
 * One thread at a time.
 *
 * <p>Two that share a place and are both in use must not take it from each other for ever, for each change is garbage:
 * every change doubles how often the next one must come without the kept one being met.
 */
final class OpeningCache {
    private static final int SIZE = 64;
    private static final int MAX_LENGTH = 384;
    private static final int MAX_NEEDED = 1 << 20;

    /** What shares a place, and which opening that place has. */
    private static final class Place {
        /** Null while none is kept. */
        byte[] kept;

        byte[] logger;
        String thread;
        String template;

        byte[] nextLogger;
        String nextThread;
        String nextTemplate;
        /** How often the next one came since the kept one was met, or since it is the next one. */
        int comings;
        /** How often it must come. */
        int needed;
    }

    private final Place[] places = new Place[SIZE];

    OpeningCache() {
        Arrays.setAll(places, at -> new Place());
    }

    /**
     * @param logger null for none
     * @return null when that opening is not kept (yet): the caller then encodes it, and says so by {@link #met}
     */
    @SuppressWarnings("ReferenceEquality") // identity is the point: equal texts need not be compared by content
    byte[] get(byte[] logger, String thread, String template) {
        Place place = places[at(template)];
        if (place.template == template && place.thread == thread && place.logger == logger) {
            place.comings = 0;
            return place.kept;
        }
        return null;
    }

    /** An opening that was not kept, and its bytes. */
    @SuppressWarnings("ReferenceEquality")
    void met(byte[] logger, String thread, String template, byte[] buffer, int from, int to) {
        if (to - from > MAX_LENGTH) {
            return;
        }
        Place place = places[at(template)];
        if (place.nextTemplate != template || place.nextThread != thread || place.nextLogger != logger) {
            place.nextTemplate = template;
            place.nextThread = thread;
            place.nextLogger = logger;
            place.comings = 0;
            return;
        }
        if (++place.comings < place.needed) {
            return;
        }
        place.kept = Arrays.copyOfRange(buffer, from, to);
        place.logger = logger;
        place.thread = thread;
        place.template = template;
        place.needed = Math.min(MAX_NEEDED, Math.max(2, 2 * place.needed));
    }

    private static int at(String template) {
        int hash = template.hashCode();
        return (hash ^ hash >>> 16) & SIZE - 1;
    }
}

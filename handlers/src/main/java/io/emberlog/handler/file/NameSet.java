package io.emberlog.handler.file;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A set of file names, as alternatives of characters in a row, some of them any number of times. Immutable. */
final class NameSet {
    private static final String DIGITS = "0123456789";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /** What {@link SafeValue} makes. */
    private static final String SAFE = LETTERS + DIGITS + "_-.%~";

    /** One of these characters, once or (many) any number of times, also none. */
    private record Element(String characters, boolean many) {
        boolean meets(Element other) {
            return characters.chars().anyMatch(c -> other.characters.indexOf(c) >= 0);
        }
    }

    /** Place in two rows of elements. */
    private record Place(int here, int there) {}

    private final List<List<Element>> alternatives;

    private NameSet(List<List<Element>> alternatives) {
        this.alternatives = List.copyOf(alternatives);
    }

    static NameSet literal(String text) {
        List<Element> elements = new ArrayList<>();
        text.chars().forEach(c -> elements.add(new Element(String.valueOf((char) c), false)));
        return new NameSet(List.of(elements));
    }

    /** What stands for a placeholder of a path. */
    static NameSet value() {
        return new NameSet(List.of(List.of(new Element(SAFE, false), new Element(SAFE, true))));
    }

    /** A number from 1 on. */
    static NameSet number() {
        return new NameSet(List.of(List.of(new Element(DIGITS.substring(1), false), new Element(DIGITS, true))));
    }

    /** A day, or an hour of one. */
    static NameSet date() {
        NameSet two = digits(2);
        NameSet day = digits(4).then(literal("-")).then(two).then(literal("-")).then(two);
        return day.or(day.then(literal("T")).then(two));
    }

    private static NameSet digits(int count) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(new Element(DIGITS, false));
        }
        return new NameSet(List.of(elements));
    }

    NameSet then(NameSet next) {
        List<List<Element>> all = new ArrayList<>();
        for (List<Element> first : alternatives) {
            for (List<Element> second : next.alternatives) {
                List<Element> both = new ArrayList<>(first);
                both.addAll(second);
                all.add(both);
            }
        }
        return new NameSet(all);
    }

    NameSet or(NameSet other) {
        List<List<Element>> all = new ArrayList<>(alternatives);
        all.addAll(other.alternatives);
        return new NameSet(all);
    }

    /** Whether a name is in both. */
    boolean meets(NameSet other) {
        return alternatives.stream()
                .anyMatch(here -> other.alternatives.stream().anyMatch(there -> meet(here, there)));
    }

    /** All pairs of places that can be reached by the same characters. */
    private static boolean meet(List<Element> here, List<Element> there) {
        Set<Place> seen = new HashSet<>();
        Deque<Place> next = new ArrayDeque<>();
        next.add(new Place(0, 0));
        while (!next.isEmpty()) {
            Place place = next.poll();
            if (!seen.add(place)) {
                continue;
            }
            Element mine = place.here < here.size() ? here.get(place.here) : null;
            Element theirs = place.there < there.size() ? there.get(place.there) : null;
            if (mine == null && theirs == null) {
                return true;
            }
            if (mine != null && mine.many) {
                next.add(new Place(place.here + 1, place.there));
            }
            if (theirs != null && theirs.many) {
                next.add(new Place(place.here, place.there + 1));
            }
            if (mine != null && theirs != null && mine.meets(theirs)) {
                next.add(new Place(place.here + (mine.many ? 0 : 1), place.there + (theirs.many ? 0 : 1)));
            }
        }
        return false;
    }
}

package io.emberlog.handler.webhook;

import java.util.List;

/** How the bodies of records become the one of a request. Immutable; any thread. */
enum Framing {
    ARRAY("[", ",", "]"),
    NDJSON("", "\n", "\n"),
    CONCATENATED("", "", "");

    private final String front;
    private final String between;
    private final String end;

    Framing(String front, String between, String end) {
        this.front = front;
        this.between = between;
        this.end = end;
    }

    /** @param bodies not empty */
    String join(List<String> bodies) {
        return front + String.join(between, bodies) + end;
    }
}

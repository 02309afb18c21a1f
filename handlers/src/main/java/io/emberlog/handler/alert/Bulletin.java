package io.emberlog.handler.alert;

import java.util.List;

/**
 * What is to be said at one time. Immutable.
 *
 * @param title of the configuration; may be empty
 * @param notices at least one; the gravest first
 */
public record Bulletin(String title, List<Notice> notices) {
    public Bulletin {
        notices = List.copyOf(notices);
    }

    Bulletin plain() {
        return new Bulletin(title, notices.stream().map(Notice::plain).toList());
    }
}

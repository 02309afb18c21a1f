package io.emberlog.master.cli;

/** When a command may colour its output. */
enum ColourMode {
    /** On a terminal. */
    auto,
    always,
    never;

    boolean colours(Terminal terminal) {
        return this == always || this == auto && terminal.colourOut();
    }
}

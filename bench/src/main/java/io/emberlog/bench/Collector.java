package io.emberlog.bench;

import io.emberlog.bench.front.Library;
import io.emberlog.master.journal.JournalException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Where the lines of workers end up, and by which process. The measuring thread. */
interface Collector {
    /**
     * What the workers of this library need: a master, a receiver, or nothing but a name for the file that they write
     * themselves. The settings behind the place are a master's.
     */
    static Collector start(Library library, Workplace place, Outputs outputs, String journalSize, Mode mode)
            throws IOException {
        return switch (library) {
            case EMBERLOG, EMBERLOG_SLF4J -> MasterProcess.start(place, outputs, journalSize, mode);
            case LOG4J2_SOCKET -> ReceiverProcess.start(place);
            default -> new Alone(place.disk().resolve("output.log"));
        };
    }

    /** For the workers' {@code Setting}; null when they need none. */
    String target();

    /** The file that the text of all workers is in. */
    Path output();

    /** It, and the others that each have all of it, too. */
    default List<Path> outputs() {
        return List.of(output());
    }

    /** User and system time so far. */
    Duration cpu();

    /** @throws IOException with what it said last, when it has ended */
    void checkAlive() throws IOException;

    /** Bytes that a journal takes; 0 without one. */
    default long journalBytes() throws IOException, JournalException {
        return 0;
    }

    /** Lets it finish what it has. */
    void stop() throws IOException, InterruptedException;

    /** Nobody: the workers write it. */
    record Alone(Path output) implements Collector {
        @Override
        public String target() {
            return output.toString();
        }

        @Override
        public Duration cpu() {
            return Duration.ZERO;
        }

        @Override
        public void checkAlive() {
            // nobody to ask
        }

        @Override
        public void stop() {
            // nobody to stop
        }
    }
}

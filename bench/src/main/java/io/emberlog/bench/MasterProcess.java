package io.emberlog.bench;

import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A master in a JVM of its own, with its journal and file handlers on the disk. */
final class MasterProcess implements Collector {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path state;
    private final List<Path> outputs;
    private final Path complaints;

    private MasterProcess(Process process, Path state, List<Path> outputs, Path complaints) {
        this.process = process;
        this.state = state;
        this.outputs = outputs;
        this.complaints = complaints;
    }

    /**
     * Starts it; it takes a second or so until it drains, and a worker's {@code flush} tells.
     *
     * @param journalSize most bytes that the journal may take
     * @param mode further settings
     */
    static MasterProcess start(Workplace place, Outputs outputs, String journalSize, Mode mode) throws IOException {
        return start(Jvm.masterCommand(), place, outputs, "", journalSize, mode);
    }

    /** The same by {@code ./emberlog master}, which becomes the JVM. */
    static MasterProcess launch(Workplace place, Outputs outputs, String journalSize, Mode mode) throws IOException {
        return launch(place, outputs, "", journalSize, mode);
    }

    /** As the other, with further handlers. */
    static MasterProcess launch(Workplace place, Outputs outputs, String handlers, String journalSize, Mode mode)
            throws IOException {
        String program = Launcher.home().resolve("emberlog").toString();
        return start(List.of(program), place, outputs, handlers, journalSize, mode);
    }

    private static MasterProcess start(
            List<String> program, Workplace place, Outputs outputs, String handlers, String journalSize, Mode mode)
            throws IOException {
        Path state = state(place);
        Path complaints = place.disk().resolve("master.err");
        Path config = Files.writeString(
                place.disk().resolve("bench.toml"),
                String.join(
                        "\n",
                        List.of(
                                "[channel]",
                                "directory = '" + place.channel() + "'",
                                "[journal]",
                                "directory = '" + state + "'",
                                "max_size = '" + journalSize + "'",
                                String.join("\n", mode.journal),
                                "[master]",
                                String.join("\n", mode.master),
                                "stop_deadline = '" + STOP_LIMIT.toSeconds() + " s'",
                                outputs.toml(place.disk()),
                                handlers)));
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of("master", "--config", config.toString()));
        Process process = place.start(new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(complaints.toFile()));
        return new MasterProcess(process, state, outputs.files(place.disk()), complaints);
    }

    @Override
    public String target() {
        return null;
    }

    private static Path state(Workplace place) {
        return place.disk().resolve("state");
    }

    /** Where the journal of this place's masters is, or is going to be. */
    static Path journal(Workplace place) {
        return state(place).resolve("journal");
    }

    /** Files of the journal. */
    int segments() throws IOException {
        return JournalScanner.segments(state.resolve("journal")).size();
    }

    /** Its state directory, with the journal in it. */
    Path state() {
        return state;
    }

    @Override
    public Path output() {
        return outputs.get(0);
    }

    @Override
    public List<Path> outputs() {
        return outputs;
    }

    /** KiB of memory that is no file's. */
    long anonymousKib() throws IOException {
        return Jvm.anonymousKib(process);
    }

    @Override
    public Duration cpu() {
        return Jvm.cpu(process);
    }

    /** As {@link Jvm#cpuOfThreads}. */
    Duration cpuOfThreads() {
        return Jvm.cpuOfThreads(process);
    }

    /** Whenever that is. */
    void onEnd(Runnable then) {
        process.onExit().thenRun(then);
    }

    @Override
    public void checkAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the master ended with " + process.exitValue() + ": " + Files.readString(complaints));
        }
    }

    /** Bytes that the journal takes, without the space allocated ahead of its end. */
    @Override
    public long journalBytes() throws IOException, JournalException {
        Path journal = state.resolve("journal");
        List<Path> segments = List.copyOf(JournalScanner.segments(journal).values());
        long bytes = 0;
        for (Path full : segments.subList(0, segments.size() - 1)) {
            bytes += JournalScanner.allocatedBytes(full);
        }
        try (JournalScanner scanner = JournalScanner.open(journal, JournalListener.NONE)) {
            scanner.toEnd();
            return bytes + scanner.bytesRead();
        }
    }

    /** As a supervisor does: it drains, lets the handlers finish, and ends. */
    @Override
    public void stop() throws IOException, InterruptedException {
        checkAlive();
        process.destroy();
        if (!process.waitFor(STOP_LIMIT.toSeconds() + 10, TimeUnit.SECONDS)) {
            throw new IOException("the master did not stop within " + STOP_LIMIT.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException("the master ended with " + process.exitValue() + ": " + Files.readString(complaints));
        }
    }
}

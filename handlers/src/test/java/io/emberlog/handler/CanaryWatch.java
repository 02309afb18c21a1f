package io.emberlog.handler;

import static io.emberlog.handler.SteppedCaller.SECOND_NS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Looks for secrets in everything that a failing handler says, names, stores and throws, while it has what it prints. A secret is whatever
 * holds the canary's text; what a service may quote in it stands behind.
 */
public final class CanaryWatch implements AutoCloseable {
    private static final LogRecord ERROR = Records.of("md-1", "com.acme.Orders", 17, 0, "failed");
    private static final int RECORDS = 12;

    private final String canary;
    private final SteppedCaller caller = new SteppedCaller();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final StringWriter thrown = new StringWriter();

    /** @param canary of this test alone: the command lines of all processes are looked at */
    public CanaryWatch(String canary) {
        this.canary = canary;
        PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
    }

    public SteppedCaller caller() {
        return caller;
    }

    /** Lives it until it has failed often enough to be left alone, looks everywhere, and ends it. */
    public void fail(Handler handler) throws Exception {
        fail(handler, RECORDS);
    }

    /** As the other, for those that take their time to fail. */
    public void fail(Handler handler, int records) throws Exception {
        try {
            caller.open(handler);
            for (int i = 0; i < records; i++) {
                attempt(() -> caller.handle(ERROR));
                attempt(handler::flush);
                caller.pass(SECOND_NS, SECOND_NS);
            }
            attempt(handler::finish);
            attempt(caller::checkpoint);
        } catch (IOException e) {
            keep(e);
        }
        assertNowhere();
        caller.kill();
    }

    /** Something that may fail. */
    public interface Attempt {
        void make() throws Exception;
    }

    public void attempt(Attempt attempt) throws Exception {
        try {
            attempt.make();
        } catch (IOException e) {
            keep(e);
        }
    }

    private void keep(IOException e) {
        e.printStackTrace(new PrintWriter(thrown, true));
    }

    /** All that was thrown, with causes, and reported. */
    public String said() {
        return caller.everythingSaid() + thrown;
    }

    /** It has failed, and the canary is nowhere. */
    public void assertNowhere() throws IOException {
        assertThat(said()).as("it did fail").containsAnyOf("IOException", "RetryLaterException", "put aside");
        assertNone("what it said", said());
        assertNone("what was printed", printed.toString(StandardCharsets.UTF_8));
        if (caller.state() != null) {
            assertNone("its state", new String(caller.state(), StandardCharsets.ISO_8859_1));
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            assertNone("a thread's name", thread.getName());
        }
        for (String commandLine : commandLines()) {
            assertNone("a command line", commandLine);
        }
    }

    private void assertNone(String where, String text) {
        assertThat(text).as(where).doesNotContain(canary).doesNotContain(canary.toUpperCase(Locale.ROOT));
    }

    private static List<String> commandLines() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("\\d+"))
                    .map(process -> {
                        try {
                            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
                        } catch (IOException e) {
                            return ""; // has ended
                        }
                    })
                    .toList();
        }
    }

    @Override
    public void close() {
        System.setOut(out);
        System.setErr(err);
    }
}

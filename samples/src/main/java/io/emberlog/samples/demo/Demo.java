package io.emberlog.samples.demo;

import io.emberlog.samples.judge.JsonText;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.RunDirectory;
import io.emberlog.samples.process.Waiting;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * {@code ./emberlog demo [--json]}: shows a worker and a master killed, and every acknowledged line accounted for. Exit
 * code 0 only if all is well, 1 if not, 2 for a wrong command line, 4 if files or processes cannot be made.
 */
public final class Demo {
    private static final String USAGE = """
            Usage: emberlog demo [--json]
            Starts a master and three workers, kills a worker and the master mid-stream, and accounts for every line.
              --json   prints the account as JSON
              --help   prints this help""";

    private static final int INTERRUPTED = 130;

    private Demo() {}

    /** Runs the demo and ends the process. */
    public static void main(String... arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            System.out.println(USAGE);
            return 0;
        }
        boolean asJson = arguments.contains("--json");
        if (arguments.size() > (asJson ? 1 : 0)) {
            System.err.println("emberlog: demo takes --json and nothing else, not " + String.join(" ", arguments));
            System.err.println(USAGE);
            return 2;
        }
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        return run(out, asJson);
    }

    private static int run(PrintStream out, boolean asJson) {
        PrintStream told = asJson ? new PrintStream(OutputStream.nullOutputStream()) : out;
        Story story = new Story(told, colour(System.getenv()));
        RunDirectory directory = null;
        Children children = new Children();
        try (children) {
            directory = RunDirectory.create("emberlog-demo-");
            story.title("Emberlog: three workers, two kills, and every acknowledged line accounted for");
            DemoResult result = new Scenario(children, directory, story).run();
            story.result(result);
            if (asJson) {
                print(result, out);
            }
            return result.isWell() ? 0 : 1;
        } catch (Waiting.TimedOutException | IllegalStateException e) {
            return failed(e, children, directory, 1);
        } catch (IOException e) {
            return failed(e, children, directory, 4);
        } catch (InterruptedException e) {
            return failed(e, children, directory, INTERRUPTED);
        } finally {
            out.flush();
        }
    }

    private static int failed(Exception e, Children children, RunDirectory directory, int exitCode) {
        boolean interrupted = e instanceof InterruptedException || children.areEndedByTheJvm();
        System.err.println(
                "emberlog: " + (interrupted ? "the demo was interrupted" : "the demo stopped: " + e.getMessage()));
        if (directory != null) {
            System.err.println("emberlog: what its processes said is in " + directory.said());
        }
        return exitCode;
    }

    private static void print(DemoResult result, PrintStream out) {
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out)) {
            JsonText.write(json, result.toJson());
            json.writeRaw('\n');
        }
    }

    /** On a terminal, as the launcher saw it, unless the user wants none (no-color.org). */
    private static boolean colour(Map<String, String> environment) {
        return Boolean.getBoolean("emberlog.tty.out")
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }
}

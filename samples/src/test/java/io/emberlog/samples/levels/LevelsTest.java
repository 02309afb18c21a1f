package io.emberlog.samples.levels;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Level changes by the command line reach real workers, with a master and without; levels reach every format. */
class LevelsTest {
    private static final String ORDERS = "com.acme.Orders";
    private static final String OTHER = "org.other.Thing";

    private static Process probe(StormRun run, String name, String level) throws IOException {
        ProcessBuilder builder =
                Jvm.worker(LevelProbe.class, name, run.directory.rings().toString(), ORDERS, OTHER);
        builder.environment().put("EMBERLOG_LEVEL", level);
        return run.children.start(run.directory.saying(name, builder));
    }

    private static Process level(StormRun run, String name, String... words) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("level", words[0]));
        arguments.addAll(List.of("--channel", run.directory.rings().toString()));
        arguments.addAll(List.of(words).subList(1, words.length));
        return run.children.start(run.directory.saying(name, Jvm.emberlog(arguments.toArray(new String[0]))));
    }

    /** Runs to its end and insists on success. */
    private static void change(StormRun run, String... words) throws IOException, InterruptedException {
        assertThat(level(run, "level", words).waitFor())
                .as(String.join(" ", words) + ": " + said(run, "level"))
                .isZero();
    }

    private static String said(StormRun run, String name) throws IOException {
        return GrowingFile.text(run.directory.said().resolve(name + ".txt"));
    }

    /** Everything that a probe has told so far. */
    private static void awaitSaid(StormRun run, String name, String... lines) {
        Waiting.until(
                name + " to have said " + List.of(lines),
                StormRun.LIMIT,
                () -> Files.exists(run.directory.said().resolve(name + ".txt"))
                        && said(run, name).lines().toList().equals(List.of(lines)));
    }

    @Test
    void changesReachTheWorkersMeantWithAMasterAndWithoutAndEndThoughTheMasterWasKilled() throws IOException {
        StormRun.run("levels", run -> {
            probe(run, "md-1", "INFO,com.acme=WARN");
            probe(run, "gw-1", "INFO");
            awaitSaid(run, "md-1", ORDERS + " WARN", OTHER + " INFO");
            awaitSaid(run, "gw-1", ORDERS + " INFO", OTHER + " INFO");

            change(run, "set", "com.acme=DEBUG", "--worker", "md-*");
            awaitSaid(run, "md-1", ORDERS + " WARN", OTHER + " INFO", ORDERS + " DEBUG");
            assertThat(said(run, "level")).contains("in force in 1 worker");

            Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory));
            master.start();
            awaitTold(run, "level com.acme=DEBUG is in force in workers md-*");
            change(run, "set", "*=ERROR", "--for", "4s");
            awaitSaid(
                    run,
                    "gw-1",
                    ORDERS + " INFO",
                    OTHER + " INFO",
                    ORDERS + " ERROR",
                    OTHER + " ERROR",
                    ORDERS + " INFO",
                    OTHER + " INFO");
            awaitSaid(
                    run,
                    "md-1",
                    ORDERS + " WARN",
                    OTHER + " INFO",
                    ORDERS + " DEBUG",
                    OTHER + " ERROR",
                    OTHER + " INFO");

            change(run, "set", "org=TRACE", "--worker", "gw-?", "--for", "4s");
            awaitTold(run, "level *=ERROR is in force in workers * for ");
            awaitTold(run, "level *=ERROR is no longer in force in workers *");
            awaitTold(run, "level org=TRACE is in force in workers gw-? for ");
            master.kill();
            awaitSaid(
                    run,
                    "gw-1",
                    ORDERS + " INFO",
                    OTHER + " INFO",
                    ORDERS + " ERROR",
                    OTHER + " ERROR",
                    ORDERS + " INFO",
                    OTHER + " INFO",
                    OTHER + " TRACE",
                    OTHER + " INFO");

            probe(run, "md-2", "INFO");
            awaitSaid(run, "md-2", ORDERS + " DEBUG", OTHER + " INFO");
            change(run, "reset");
            awaitSaid(run, "md-2", ORDERS + " DEBUG", OTHER + " INFO", ORDERS + " INFO");
            awaitSaid(
                    run,
                    "md-1",
                    ORDERS + " WARN",
                    OTHER + " INFO",
                    ORDERS + " DEBUG",
                    OTHER + " ERROR",
                    OTHER + " INFO",
                    ORDERS + " WARN");
        });
    }

    /** In the master's own records. */
    private static void awaitTold(StormRun run, String message) {
        Waiting.until(
                "the master to tell: " + message,
                StormRun.LIMIT,
                () -> Files.exists(run.directory.output())
                        && GrowingFile.text(run.directory.output()).contains("\"message\":\"" + message));
    }

    @Test
    void twoCommandLinesAtOnceLoseNoChangeAndAKilledOneShutsNobodyOut() throws IOException {
        StormRun.run("levels-two", run -> {
            probe(run, "md-1", "INFO");
            awaitSaid(run, "md-1", ORDERS + " INFO", OTHER + " INFO");
            List<Process> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                all.add(level(run, "level-" + i, "set", "logger" + i + "=DEBUG"));
            }
            Process killed = level(run, "killed", "set", "logger=DEBUG");
            Waiting.until(
                    "the lock to be there",
                    StormRun.LIMIT,
                    () -> Files.exists(run.directory.rings().resolve("control.lock")));
            Children.kill(killed);
            for (Process each : all) {
                assertThat(each.waitFor()).isZero();
            }
            change(run, "get", "--json");
            assertThat(said(run, "level")).contains("\"logger0\"", "\"logger1\"", "\"logger2\"");
        });
    }

    @Test
    void everyLevelOfTheTableRoundTripsThroughAMasterIntoEachFormat() throws IOException {
        StormRun.run("levels-table", run -> {
            ProcessBuilder builder =
                    Jvm.worker(LevelProbe.class, "md-1", run.directory.rings().toString(), "--table");
            builder.environment().put("EMBERLOG_LEVEL", "NOTSET");
            assertThat(run.children.start(run.directory.saying("md-1", builder)).waitFor())
                    .isZero();
            Path human = run.directory.log().resolve("human.txt");
            Path columns = run.directory.log().resolve("columns.txt");
            Master master = new Master(
                    run.children,
                    run.directory,
                    Master.jsonHandler(run.directory),
                    handler("human", human),
                    handler("columns", columns));
            master.start();
            master.awaitRingsGone(StormRun.LIMIT);
            assertThat(master.stop(StormRun.LIMIT)).isZero();

            int[] severities = {0, 5, 7, 9, 10, 10, 11, 11, 12, 13, 17, 18, 14};
            for (int i = 0; i < severities.length; i++) {
                String name = LevelProbe.TABLE.get(i);
                String upper = name.toUpperCase(Locale.ROOT);
                String message = "logged at " + name;
                assertThat(line(run.directory.output(), '"' + message + '"'))
                        .contains("\"level\":\"" + upper + "\",\"severity\":" + severities[i] + ",");
                assertThat(line(human, message)).matches("\\S+ " + upper + " +md-1 .* " + message);
                assertThat(line(columns, message)).matches(".* " + upper + " +- .* " + message);
            }
        });
    }

    private static String handler(String format, Path path) {
        return """

                [[handlers]]
                name = "%s"
                type = "file"
                path = "%s"
                format = "%s"
                """.formatted(format, path, format);
    }

    private static String line(Path file, String message) throws IOException {
        List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> message.startsWith("\"") ? line.contains(message) : line.endsWith(message))
                .toList();
        assertThat(lines).as(message + " in " + file).hasSize(1);
        return lines.get(0);
    }
}

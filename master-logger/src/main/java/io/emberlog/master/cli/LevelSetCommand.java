package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.level.ChannelLevels;
import io.emberlog.master.level.LevelWorker;
import io.emberlog.master.level.LevelWorkers;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import io.emberlog.ring.control.ControlSnapshot;
import io.emberlog.ring.control.LevelRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code emberlog level set}: writes rules, then watches the workers take them over. */
@Command(
        name = "set",
        description = {
            "Sets the lowest level that loggers of that name and below log, in all workers or in those of --worker.",
            "It wins over what workers are set to themselves, also for those that start later, until it is unset or --for"
                    + " is over; workers end it themselves."
        })
final class LevelSetCommand implements Callable<Integer> {
    private static final long TAKEN_LIMIT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int MOST_NAMES = 10;

    private final ConfigReader reader;
    private final Terminal terminal;

    @Mixin
    private LevelCommand.Place place;

    @Parameters(
            paramLabel = "LOGGER=LEVEL",
            arity = "1..*",
            description = "Like com.acme=DEBUG; '*=WARN', or WARN alone, is for all loggers.")
    private List<String> changes;

    @Option(
            names = "--worker",
            paramLabel = "GLOB",
            defaultValue = LevelRule.EVERY_WORKER,
            description = "Workers whose name matches, like 'md-*'.")
    private String worker;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = HoldTime.class,
            description = "How long it holds, 1s to 30d, like 10m; until it is unset by default.")
    private Long forNs;

    LevelSetCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        Map<String, Level> levels = parse(changes);
        Path channel = place.directory(reader);
        try {
            ControlSnapshot page = new ChannelLevels(channel).set(levels, worker, forNs == null ? 0 : forNs);
            return report(levels, page, new LevelWorkers(channel));
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, e.getMessage(), e);
        } catch (IOException e) {
            throw new CliException(ExitCodes.IO, IoReason.of(e), e);
        }
    }

    static Map<String, Level> parse(List<String> changes) {
        Map<String, Level> levels = new LinkedHashMap<>();
        for (String change : changes) {
            int equals = change.indexOf('=');
            String logger = equals < 0 ? "" : change.substring(0, equals).trim();
            try {
                Level level = Level.parse(change.substring(equals + 1));
                if (equals >= 0 && logger.isEmpty()) {
                    throw new IllegalArgumentException("no logger in front of '='; '*' is all loggers");
                }
                if (levels.put(LevelCommand.prefix(logger), level) != null) {
                    throw new IllegalArgumentException("the same loggers twice");
                }
            } catch (IllegalArgumentException e) {
                throw new CliException(ExitCodes.USAGE, Plain.text(change) + ": " + Plain.text(e.getMessage()), e);
            }
        }
        return levels;
    }

    private int report(Map<String, Level> levels, ControlSnapshot page, LevelWorkers workers) throws IOException {
        String all = levels.entrySet().stream()
                .map(entry -> LevelCommand.logger(entry.getKey())
                        + '='
                        + entry.getValue().name())
                .collect(Collectors.joining(" "));
        terminal.out()
                .println("set " + Plain.text(all) + " in workers " + Plain.text(worker)
                        + (forNs == null ? ", until it is unset" : ", for " + Plain.seconds(forNs)));
        terminal.out().flush();
        long start = System.nanoTime();
        while (true) {
            List<LevelWorker> found = workers.look();
            List<LevelWorker> meant = found.stream().filter(this::isMeant).toList();
            List<LevelWorker> late = meant.stream()
                    .filter(each -> each.controlSequence() < page.sequence())
                    .toList();
            if (meant.isEmpty()) {
                terminal.out()
                        .println("no live worker is meant" + others(found) + "; those that start will take it over");
                return ExitCodes.DONE;
            }
            if (late.isEmpty()) {
                terminal.out().println("in force in " + Plain.count(meant.size(), "worker"));
                return ExitCodes.DONE;
            }
            if (System.nanoTime() - start > TAKEN_LIMIT_NS) {
                terminal.out()
                        .println("in force in " + (meant.size() - late.size()) + " of "
                                + Plain.count(meant.size(), "worker"));
                terminal.error("not taken over within " + Plain.seconds(TAKEN_LIMIT_NS) + " (stopped, or starved?): "
                        + names(late));
                return ExitCodes.FINDINGS;
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private boolean isMeant(LevelWorker each) {
        return new LevelRule("", worker, Level.INFO, 0, 0, 0, 0, 0).isFor(each.name());
    }

    private static String others(List<LevelWorker> found) {
        return found.isEmpty() ? ", none is running" : ", there are " + names(found);
    }

    private static String names(List<LevelWorker> workers) {
        return workers.stream()
                        .limit(MOST_NAMES)
                        .map(each -> Plain.text(each.name()) + " (pid " + each.pid() + ')')
                        .collect(Collectors.joining(", "))
                + (workers.size() > MOST_NAMES ? " and " + (workers.size() - MOST_NAMES) + " more" : "");
    }

    /** A time with its unit, read as nanoseconds. */
    static final class HoldTime implements ITypeConverter<Long> {
        private static final Pattern TIME = Pattern.compile("(\\d{1,7}) ?([smhd])");

        @Override
        public Long convert(String text) {
            Matcher matcher = TIME.matcher(text);
            if (matcher.matches()) {
                long value = Long.parseLong(matcher.group(1));
                TimeUnit unit = switch (matcher.group(2)) {
                    case "s" -> TimeUnit.SECONDS;
                    case "m" -> TimeUnit.MINUTES;
                    case "h" -> TimeUnit.HOURS;
                    default -> TimeUnit.DAYS;
                };
                if (value > 0 && unit.toSeconds(value) <= TimeUnit.DAYS.toSeconds(30)) {
                    return unit.toNanos(value);
                }
            }
            throw new TypeConversionException(
                    "'" + Plain.text(text) + "' is no time from 1s to 30d, like 90s, 10m, 2h or 1d");
        }
    }
}

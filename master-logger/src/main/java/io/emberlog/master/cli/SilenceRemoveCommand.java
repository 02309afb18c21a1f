package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.silence.Silence;
import io.emberlog.master.silence.SilenceFile;
import io.emberlog.master.silence.SilenceFile.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code emberlog silence remove}. */
@Command(name = "remove", description = "Ends silences before their time.")
final class SilenceRemoveCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final Terminal terminal;

    @Mixin
    private LocationOptions locations;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "As 'emberlog silence list' shows it.")
    private List<Long> ids;

    SilenceRemoveCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        Path state = SilenceCommand.state(locations.locate(reader, null));
        try {
            SilenceFile.update(state, this::without);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, e.getMessage(), e);
        } catch (IOException e) {
            throw CliException.io(e, state);
        }
        for (long id : ids) {
            terminal.out().println("silence " + id + " is removed");
        }
        return ExitCodes.DONE;
    }

    private Content without(Content before) {
        List<Long> known = before.silences().stream().map(Silence::id).toList();
        for (long id : ids) {
            if (!known.contains(id)) {
                throw new IllegalArgumentException("there is no silence " + id + "; there "
                        + (known.isEmpty() ? "is none" : known.size() == 1 ? "is " + known.get(0) : "are " + known));
            }
        }
        return new Content(
                before.nextId(),
                before.silences().stream()
                        .filter(each -> !ids.contains(each.id()))
                        .toList());
    }
}

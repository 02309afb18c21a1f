package io.emberlog.master;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigProblem;
import io.emberlog.master.config.ConfigSource;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads a configuration again and tells a master of it: all of it or nothing. One thread. */
final class Reloader {
    private final MasterLogger master;
    private final ConfigSource source;

    Reloader(MasterLogger master, ConfigSource source) {
        this.master = master;
        this.source = source;
    }

    /** @return why nothing was changed; empty when all was. Either way there is a record of it. */
    Optional<String> reload() {
        String why;
        try {
            master.reload(source.read());
            return Optional.empty();
        } catch (ConfigException e) {
            why = e.problems().stream().map(ConfigProblem::toString).collect(Collectors.joining("; "));
        } catch (NoSuchFileException e) {
            why = e.getFile() + ": there is no such file";
        } catch (IOException | RuntimeException e) {
            why = e.toString();
        }
        master.reloadRefused(why);
        return Optional.of(why);
    }
}

package io.emberlog.master.cli;

import io.emberlog.handler.file.FileHandlerFactory;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.MasterConfig;
import java.nio.file.Path;
import java.util.List;

/** The handler that {@code replay --to} names, with its own settings, and what speaks against it. */
final class DeliveryTarget {
    private static final String FILE = "file";

    private final HandlerConfig handler;

    /** @throws CliException when there is no such handler, or it would write into a file of the master's */
    DeliveryTarget(String name, ConfigOptions options, ConfigReader reader, Path file) throws ConfigException {
        MasterConfig flagged = options.read(reader, file);
        handler = flagged.handlers().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CliException(
                        ExitCodes.USAGE,
                        "--to " + Plain.text(name) + ": there is no such handler; the configuration has "
                                + names(flagged.handlers())));
        if (handler.type().equals(FILE)) {
            refuseTheMastersFiles(name, handler, path(flagged, name), options.readUnflagged(reader, file));
        }
    }

    HandlerConfig handler() {
        return handler;
    }

    /** The master continues a file from where its checkpoint left it, and takes lines of others for damage. */
    private static void refuseTheMastersFiles(String name, HandlerConfig handler, Path target, MasterConfig masters) {
        FileHandlerFactory files = new FileHandlerFactory();
        for (HandlerConfig other : masters.handlers()) {
            if (other.type().equals(FILE)
                    && files.conflict(handler.settings(), other.settings(), other.name()) != null) {
                throw new CliException(
                        ExitCodes.USAGE,
                        "--to " + name + ": " + target + " is the master's, which must find it as it left it; name"
                                + " another: --set handlers." + name + ".path=FILE");
            }
        }
    }

    private static Path path(MasterConfig config, String handler) {
        return config.setting("handlers." + handler + ".path")
                .map(setting -> ((Path) setting.value()).toAbsolutePath().normalize())
                .orElseThrow();
    }

    private static String names(List<HandlerConfig> handlers) {
        return handlers.isEmpty()
                ? "none"
                : String.join(", ", handlers.stream().map(HandlerConfig::name).toList());
    }
}

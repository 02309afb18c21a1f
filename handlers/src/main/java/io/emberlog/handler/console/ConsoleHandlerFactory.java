package io.emberlog.handler.console;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.FormatKeys;
import io.emberlog.handler.format.HumanFormat;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.List;

/** {@code type = "console"}. */
public final class ConsoleHandlerFactory implements HandlerFactory {
    static final SettingKey COLOUR = SettingKey.choice(
                    "colour",
                    "Levels in colour (format human): auto = on a terminal, unless NO_COLOR is set.",
                    "auto",
                    "always",
                    "never")
            .orElse("auto");
    static final SettingKey STDERR_LEVEL = SettingKey.level(
                    "stderr_level", "Records of this level and above go to stderr, the others to stdout.")
            .orElse("error");

    @Override
    public String type() {
        return "console";
    }

    @Override
    public List<SettingKey> settings() {
        return List.of(FormatKeys.FORMAT, FormatKeys.PATTERN, FormatKeys.TIME_ZONE, COLOUR, STDERR_LEVEL);
    }

    /** The streams are the process's own, not {@link System#out}: they tell when a write fails. */
    @Override
    public Handler create(HandlerSettings settings) {
        return create(settings, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    /** The streams stay open. */
    Handler create(HandlerSettings settings, OutputStream out, OutputStream err) {
        return new ConsoleHandler(
                new ConsoleHandler.Sink("stdout", out, format(settings, 1)),
                new ConsoleHandler.Sink("stderr", err, format(settings, 2)),
                settings.level(STDERR_LEVEL));
    }

    private static Format format(HandlerSettings settings, int descriptor) {
        ZoneId zone = FormatKeys.zone(settings);
        String format = FormatKeys.format(settings);
        return format.equals("human")
                ? HumanFormat.forTerminal(zone, Terminal.colour(settings.string(COLOUR), descriptor, System.getenv()))
                : Format.of(format, zone);
    }
}

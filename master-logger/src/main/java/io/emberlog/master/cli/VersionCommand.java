package io.emberlog.master.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code emberlog version}: the same line as {@code --version}. */
@Command(name = "version", description = "Prints the versions of Emberlog and of the JVM it runs on.")
final class VersionCommand implements Callable<Integer> {
    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().println(line());
        return ExitCodes.DONE;
    }

    static String line() {
        return "emberlog " + version() + " (Java " + System.getProperty("java.version") + ", "
                + System.getProperty("os.name") + ' ' + System.getProperty("os.arch") + ')';
    }

    private static String version() {
        Properties build = new Properties();
        try (InputStream in = VersionCommand.class.getResourceAsStream("build.properties")) {
            build.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return build.getProperty("version");
    }

    /** For {@code --version}. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {line()};
        }
    }
}

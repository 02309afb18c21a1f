package io.emberlog.bench.front;

import java.util.ArrayList;
import java.util.List;

/**
 * What a JVM is to measure. Handed to it as properties, which the configuration files of the peers read, too
 * ({@code src/main/resources/peers}).
 *
 * @param name of the worker, in each line and in each message with three arguments
 * @param logger null for the root logger
 * @param target file or directory to write, or port to connect to; of no use to Emberlog
 * @param errorEvery every how many-th message is an error; 0: none. Emberlog only
 * @param textBytes how long a message's text is, whatever the call; 0: as it is. Emberlog only
 */
public record Setting(
        Library library, Call call, String name, String logger, String target, int errorEvery, int textBytes) {
    /** That of the workers of all peers. */
    public static final String LOGGER = "com.acme.Orders";

    private static final String PREFIX = "emberlog.bench.";

    /** A worker without a name or anywhere to log to, which come when it is started. */
    public static Setting of(Library library, Call call, String logger) {
        return new Setting(library, call, "", logger, null, 0, 0);
    }

    /** Emberlog as its own tables measure it: three arguments, the root logger. */
    public static Setting emberlog() {
        return of(Library.EMBERLOG, Call.THREE_ARGS, null);
    }

    /** The same under another name. */
    public Setting named(String other) {
        return new Setting(library, call, other, logger, target, errorEvery, textBytes);
    }

    public Setting to(String other) {
        return new Setting(library, call, name, logger, other, errorEvery, textBytes);
    }

    public Setting withErrors(int every) {
        return new Setting(library, call, name, logger, target, every, textBytes);
    }

    public Setting ofSize(int bytes) {
        return new Setting(library, call, name, logger, target, errorEvery, bytes);
    }

    /** For the command line of the JVM: flags and properties. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>(library.flags());
        if (library.isEmberlog()) {
            arguments.add("-Demberlog.name=" + name);
        }
        add(arguments, "library", library.name());
        add(arguments, "call", call.name());
        add(arguments, "name", name);
        add(arguments, "errors", Integer.toString(errorEvery));
        add(arguments, "text", Integer.toString(textBytes));
        if (logger != null) {
            add(arguments, "logger", logger);
        }
        if (target != null) {
            add(arguments, "target", target);
        }
        return arguments;
    }

    private static void add(List<String> arguments, String key, String value) {
        arguments.add("-D" + PREFIX + key + "=" + value);
    }

    /** Of the JVM that was started so. */
    public static Setting ofThisJvm() {
        return new Setting(
                Library.valueOf(get("library")),
                Call.valueOf(get("call")),
                get("name"),
                get("logger"),
                get("target"),
                Integer.parseInt(get("errors")),
                Integer.parseInt(get("text")));
    }

    private static String get(String key) {
        return System.getProperty(PREFIX + key);
    }
}

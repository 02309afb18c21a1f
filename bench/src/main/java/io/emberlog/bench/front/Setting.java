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
 */
public record Setting(Library library, Call call, String name, String logger, String target, int errorEvery) {
    /** That of the workers of all peers. */
    public static final String LOGGER = "com.acme.Orders";

    private static final String PREFIX = "emberlog.bench.";

    /** Emberlog as its own tables measure it: three arguments, the root logger. */
    public static Setting emberlog() {
        return new Setting(Library.EMBERLOG, Call.THREE_ARGS, "", null, null, 0);
    }

    /** The same under another name. */
    public Setting named(String other) {
        return new Setting(library, call, other, logger, target, errorEvery);
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
                Integer.parseInt(get("errors")));
    }

    private static String get(String key) {
        return System.getProperty(PREFIX + key);
    }
}

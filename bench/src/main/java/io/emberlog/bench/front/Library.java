package io.emberlog.bench.front;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The libraries that are measured, each in JVMs of its own. */
public enum Library {
    EMBERLOG("EmberlogFront", Jars.EMBERLOG),
    EMBERLOG_SLF4J("EmberlogSlf4jFront", Jars.EMBERLOG + "|worker-logger-slf4j|slf4j-api"),
    LOG4J2_ASYNC("Log4j2Front", Jars.LOG4J2) {
        @Override
        List<String> flags() {
            return log4j2("log4j2-async.xml");
        }
    },
    /** Its JSON template layout, which comes as a jar of its own. */
    LOG4J2_JSON("Log4j2Front", Jars.LOG4J2 + "|log4j-layout-template-json") {
        @Override
        List<String> flags() {
            return log4j2("log4j2-json.xml");
        }
    },
    LOG4J2_SOCKET("Log4j2Front", Jars.LOG4J2) {
        @Override
        List<String> flags() {
            return log4j2("log4j2-socket.xml");
        }
    },
    LOGBACK_ASYNC("LogbackFront", Jars.LOGBACK) {
        @Override
        List<String> flags() {
            return List.of("-Dlogback.configurationFile=peers/logback-async.xml");
        }
    },
    LOGBACK_PRUDENT("LogbackFront", Jars.LOGBACK) {
        @Override
        List<String> flags() {
            return List.of("-Dlogback.configurationFile=peers/logback-prudent.xml");
        }
    },
    TINYLOG("TinylogFront", "tinylog-(api|impl)") {
        @Override
        List<String> flags() {
            return List.of("-Dtinylog.configuration=peers/tinylog.properties");
        }
    },
    /** It brings two dozen jars; so this is what it does without. It reaches into the JDK, as this JVM may. */
    CHRONICLE_QUEUE("ChronicleFront", "(?!worker-logger|log4j|disruptor|logback|tinylog).*") {
        @Override
        List<String> flags() {
            return ManagementFactory.getRuntimeMXBean().getInputArguments();
        }
    };

    /** Names of jars, without version. */
    private static final class Jars {
        static final String EMBERLOG = "worker-logger|ipc-ringbuffer|agrona";
        static final String LOG4J2 = "log4j-(api|core)|disruptor";
        static final String LOGBACK = "logback-(core|classic)|slf4j-api";
        /** What every JVM has: the benchmarks, as jar or as directories, and JMH. */
        static final String ALWAYS =
                "classes|test-classes|((bench|HdrHistogram|jmh-core|jopt-simple|commons-math3)-\\d.*)";
    }

    private final String front;
    private final Pattern jars;

    Library(String front, String jars) {
        this.front = front;
        this.jars = Pattern.compile(Jars.ALWAYS + "|((" + jars + ")-\\d.*)");
    }

    /** As rows of tables are called. */
    public String row() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a master takes what it logs. */
    public boolean isEmberlog() {
        return this == EMBERLOG || this == EMBERLOG_SLF4J;
    }

    /** Whether its process writes lines to a file itself. */
    public boolean writesFile() {
        return switch (this) {
            case LOG4J2_ASYNC, LOG4J2_JSON, LOGBACK_ASYNC, LOGBACK_PRUDENT, TINYLOG -> true;
            case EMBERLOG, EMBERLOG_SLF4J, LOG4J2_SOCKET, CHRONICLE_QUEUE -> false;
        };
    }

    /** Whether the JVM that measures it has this on its class path. */
    public boolean needs(String jar) {
        return jars.matcher(jar).matches();
    }

    /** Of the JVM that measures it. */
    List<String> flags() {
        return List.of();
    }

    /**
     * All loggers asynchronous, and no garbage. The ring buffer is the larger one of Log4j's defaults, which are 4,096 events
     * without garbage and 262,144 with: on 2 cores it brought a tenth more than 16,384. What waits for events is the default.
     */
    private static List<String> log4j2(String configuration) {
        return List.of(
                "-Dlog4j2.configurationFile=classpath:peers/" + configuration,
                "-Dlog4j2.contextSelector=org.apache.logging.log4j.core.async.AsyncLoggerContextSelector",
                "-Dlog4j2.asyncLoggerRingBufferSize=262144",
                "-Dlog4j2.enableThreadlocals=true",
                "-Dlog4j2.enableDirectEncoders=true",
                "-Dlog4j2.garbagefreeThreadContextMap=true",
                "-Dlog4j2.isWebapp=false");
    }

    /** Opens it in this JVM, whose class path and flags are those that it wants. */
    public static Front open(Setting setting) {
        try {
            return (Front) Class.forName(Library.class.getPackageName() + "." + setting.library().front)
                    .getDeclaredMethod("open", Setting.class)
                    .invoke(null, setting);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot open " + setting.library(), e);
        }
    }
}

package io.emberlog.master;

import java.util.ArrayList;
import java.util.List;

/**
 * What the journal's and the process probe's libraries need of the JVM, asked of its modules: it does not matter how a flag
 * was given (command line, {@code JDK_JAVA_OPTIONS}, a manifest).
 */
final class JvmFlags {
    private static final int NATIVE_ACCESS_SINCE = 24;

    private JvmFlags() {}

    /** @throws MissingJvmFlagsException listing exactly what to add */
    static void check() {
        String chronicle = moduleName("net.openhft.chronicle.core.Jvm");
        List<String> missing = new ArrayList<>();
        open(missing, "java.lang.reflect", chronicle);
        export(missing, "sun.nio.ch", chronicle);
        export(missing, "jdk.internal.misc", chronicle);
        export(missing, "jdk.internal.ref", chronicle);
        if (!missing.isEmpty()) {
            throw new MissingJvmFlagsException(missing, quieting());
        }
    }

    private static void open(List<String> missing, String packageName, String module) {
        if (!Object.class.getModule().isOpen(packageName, moduleOf("net.openhft.chronicle.core.Jvm"))) {
            missing.add("--add-opens=java.base/" + packageName + '=' + module);
        }
    }

    private static void export(List<String> missing, String packageName, String module) {
        if (!Object.class.getModule().isExported(packageName, moduleOf("net.openhft.chronicle.core.Jvm"))) {
            missing.add("--add-exports=java.base/" + packageName + '=' + module);
        }
    }

    /**
     * Without these the master runs, and newer JVMs print warnings. Whether they were given cannot be told: a module that was
     * warned about once counts as one that may, and of Unsafe no module knows. So both are named; once too often does no harm.
     */
    private static List<String> quieting() {
        return Runtime.version().feature() < NATIVE_ACCESS_SINCE
                ? List.of()
                : List.of(
                        "--enable-native-access=" + moduleName("com.kenai.jffi.Foreign"),
                        "--sun-misc-unsafe-memory-access=allow");
    }

    private static String moduleName(String className) {
        Module module = moduleOf(className);
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    private static Module moduleOf(String className) {
        try {
            return Class.forName(className, false, JvmFlags.class.getClassLoader())
                    .getModule();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(className + " is not on the class path; the master needs its jar", e);
        }
    }
}

package io.emberlog.bench;

/** One thing that can be measured, by name. */
interface Benchmark {
    /** Unique; the part in front of the last dot is the name of its table. */
    String name();

    /** One line. */
    String description();

    /** Runs it, in this JVM and others; takes as long as it takes. */
    Result run(Plan plan) throws Exception;
}

package io.emberlog.master.fanout;

/** Throws what a method does not declare, as handlers in other languages can. */
final class RecordingFaults {
    private RecordingFaults() {}

    static void sneak(Throwable t) {
        RecordingFaults.<RuntimeException>unchecked(t);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void unchecked(Throwable t) throws T {
        throw (T) t;
    }
}

package io.emberlog.heartbeat;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the first page of an {@code hs_err_pid*.log} says; every text is one harmless line, empty where not found.
 *
 * @param event for example {@code SIGSEGV (0xb) (sent by kill)} or {@code Internal Error (os_linux.cpp:100)}
 * @param frame for example {@code C [libc.so.6+0x85f14]}
 * @param thread name of the crashed thread, or {@code native thread}
 * @param jvm version of the JVM
 */
record HsErr(String event, String frame, String thread, String jvm) {

    static final int HEAD_BYTES = 64 * 1024;

    private static final int MAX_LINES = 400;
    private static final int MAX_LINE = 512;
    private static final int MAX_TEXT = 160;
    private static final String FATAL = "# A fatal error has been detected by the Java Runtime Environment";
    private static final String NO_MEMORY = "# There is insufficient memory for the Java Runtime Environment";
    private static final String JRE = "# JRE version: ";
    private static final String FRAME_TITLE = "# Problematic frame:";
    private static final String THREAD = "Current thread ";
    private static final String NATIVE_THREAD = "native thread";
    private static final Pattern EVENT = Pattern.compile("# {1,4}(\\S.*), pid=(\\d{1,10}), tid=\\d{1,10}");
    private static final Pattern PC = Pattern.compile(" at pc=0x[0-9a-f]{1,16}");

    /** Empty unless this is a crash report of that process. */
    static Optional<HsErr> parse(String head, long pid) {
        String[] lines = head.split("\n", MAX_LINES + 1);
        String event = "";
        String frame = "";
        String thread = "";
        String jvm = "";
        boolean report = false;
        for (int i = 0; i < Math.min(lines.length, MAX_LINES); i++) {
            String line = cut(lines[i]);
            report |= line.startsWith(FATAL) || line.startsWith(NO_MEMORY);
            Matcher matcher = EVENT.matcher(line);
            if (event.isEmpty() && matcher.matches() && Long.parseLong(matcher.group(2)) == pid) {
                event = oneLine(PC.matcher(matcher.group(1)).replaceFirst(""));
            } else if (line.startsWith(JRE)) {
                jvm = oneLine(line.substring(JRE.length()));
            } else if (line.startsWith(FRAME_TITLE) && i + 1 < lines.length && lines[i + 1].startsWith("# ")) {
                frame = oneLine(cut(lines[i + 1]).substring(2));
            } else if (line.startsWith(THREAD)) {
                thread = threadName(line);
            }
        }
        return report && !event.isEmpty() ? Optional.of(new HsErr(event, frame, thread, jvm)) : Optional.empty();
    }

    String summary() {
        StringBuilder text = new StringBuilder("crashed: ").append(event);
        if (!frame.isEmpty()) {
            text.append(" in ").append(frame);
        }
        if (!thread.isEmpty()) {
            text.append(thread.equals(NATIVE_THREAD) ? ", " : ", thread ").append(thread);
        }
        if (!jvm.isEmpty()) {
            text.append(", ").append(jvm);
        }
        return text.toString();
    }

    /** {@code Current thread (0x..):  JavaThread "main" [_thread_in_native, ...]} or {@code ... is native thread}. */
    private static String threadName(String line) {
        int open = line.indexOf('"');
        int close = line.lastIndexOf("\" ");
        if (open < 0 || close <= open) {
            return line.contains(NATIVE_THREAD) ? NATIVE_THREAD : "";
        }
        return oneLine(line.substring(open + 1, close));
    }

    private static String cut(String line) {
        return line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line;
    }

    private static String oneLine(String text) {
        return Untrusted.oneLine(text, MAX_TEXT);
    }
}

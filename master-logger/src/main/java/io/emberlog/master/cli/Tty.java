package io.emberlog.master.cli;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The controlling terminal as a full screen: keys without Enter, the alternate screen, no cursor. Gives back what it found
 * when it is closed and when the process is told to end (Ctrl-C, SIGTERM, SIGHUP); after {@code kill -9} the user types
 * {@code reset}. Set by {@code stty}, which every system has, so no native library is needed. One thread, and the JVM's at
 * shutdown.
 */
final class Tty implements AutoCloseable {
    /** @param rows lines; @param columns characters of one */
    record Size(int rows, int columns) {}

    private static final File DEVICE = new File("/dev/tty");
    private static final Size USUAL = new Size(24, 80);
    private static final String ENTER = "\u001B[?1049h\u001B[?25l\u001B[H\u001B[2J";
    private static final String LEAVE = "\u001B[0m\u001B[?25h\u001B[?1049l";
    private static final long STTY_SECONDS = 5;

    private final FileInputStream keys;
    private final FileOutputStream screen;
    private final String found;
    private final Thread atExit = new Thread(this::restore, "emberlog-tty");
    private boolean restored;

    /** @throws IOException when the process has no terminal, or it cannot be set */
    Tty() throws IOException {
        found = stty("-g");
        keys = new FileInputStream(DEVICE);
        screen = new FileOutputStream(DEVICE);
        Runtime.getRuntime().addShutdownHook(atExit);
        stty("-icanon", "-echo", "min", "1", "time", "0", "susp", "undef"); // Ctrl-Z would leave the screen as it is
        write(ENTER);
    }

    /** What it is now, so that a repaint after a change of the window fits. */
    static Size size() {
        try {
            String[] words = stty("size").split(" ");
            int rows = Integer.parseInt(words[0]);
            int columns = Integer.parseInt(words[1]);
            return rows > 0 && columns > 0 ? new Size(rows, columns) : USUAL;
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return USUAL;
        }
    }

    /** The next key, or -1 when none was pressed; does not wait. */
    int key() throws IOException {
        return keys.available() > 0 ? keys.read() : -1;
    }

    /** Line under line from the top, each no longer than the screen is wide, no more than it is high. */
    void paint(List<String> lines) throws IOException {
        StringBuilder page = new StringBuilder("\u001B[H");
        for (int i = 0; i < lines.size(); i++) {
            page.append(i == 0 ? "" : "\n").append(lines.get(i)).append("\u001B[0m\u001B[K");
        }
        write(page.append("\u001B[J").toString());
    }

    @Override
    public void close() throws IOException {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the JVM is ending already, and restores as well: it is done once
        } finally {
            keys.close();
            screen.close();
        }
    }

    private synchronized void write(String text) throws IOException {
        if (!restored) {
            screen.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private synchronized void restore() {
        if (restored) {
            return;
        }
        try {
            write(LEAVE);
            stty(found);
        } catch (IOException e) {
            // the terminal is gone: nobody is left to see it
            assert e != null;
        }
        restored = true;
    }

    private static String stty(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .redirectInput(DEVICE)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (!process.waitFor(STTY_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("stty " + String.join(" ", words) + " failed on " + DEVICE);
            }
            return out;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while setting the terminal", e);
        }
    }
}

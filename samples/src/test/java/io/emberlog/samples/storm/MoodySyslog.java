package io.emberlog.samples.storm;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A syslog server over TCP, with octet counting; reads one connection after the other, so that what came first counts first. */
final class MoodySyslog extends MoodyServer {
    private static final Pattern ID = Pattern.compile(" id=\"([^\"]+)\"");
    private static final int BEFORE_CURT = 50;
    private static final long PAUSE_NS = 1_000_000;

    final Arrivals arrivals = new Arrivals();
    private final ReentrantLock turn = new ReentrantLock(true);

    MoodySyslog() throws IOException {}

    @Override
    void serve(Socket connection) throws IOException {
        turn.lock();
        try {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            int read = 0;
            while (true) {
                while (mood() == Mood.DEAF) {
                    LockSupport.parkNanos(PAUSE_NS);
                }
                String message = message(in);
                if (message == null || mood() == Mood.CURT && ++read > BEFORE_CURT) {
                    return;
                }
                Matcher id = ID.matcher(message);
                if (id.find()) {
                    arrivals.add(List.of(id.group(1)), true);
                }
                if (mood() == Mood.RAVING) {
                    connection.getOutputStream().write("what? \u0000\ufffd\r\n".getBytes(StandardCharsets.UTF_8));
                }
            }
        } finally {
            turn.unlock();
        }
    }

    /** Null at the end. */
    private static String message(InputStream in) throws IOException {
        int length = 0;
        for (int digit = in.read(); digit != ' '; digit = in.read()) {
            if (digit < '0' || digit > '9') {
                return null;
            }
            length = 10 * length + digit - '0';
        }
        byte[] message = in.readNBytes(length);
        return message.length < length ? null : new String(message, StandardCharsets.UTF_8);
    }
}

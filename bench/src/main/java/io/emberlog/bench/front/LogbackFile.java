package io.emberlog.bench.front;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A file appender that flushes when asked to ({@link Settled}). Made by Logback, from {@code peers/logback-*.xml}. */
public final class LogbackFile extends FileAppender<ILoggingEvent> {
    /** Called by Logback. */
    public LogbackFile() {}

    @Override
    protected void subAppend(ILoggingEvent event) {
        if (!event.getMessage().equals(Settled.TEXT)) {
            super.subAppend(event);
            return;
        }
        streamWriteLock.lock();
        try {
            getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            streamWriteLock.unlock();
        }
        Settled.tell();
    }
}

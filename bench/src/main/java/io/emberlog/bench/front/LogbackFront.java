package io.emberlog.bench.front;

import ch.qos.logback.classic.LoggerContext;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/** Logback with an asynchronous appender, settings in {@code peers/logback-*.xml}. */
final class LogbackFront extends Slf4jFront {
    static Front open(Setting setting) {
        return new LogbackFront(setting);
    }

    private LogbackFront(Setting setting) {
        super(setting);
    }

    @Override
    public boolean settle(Duration limit) {
        return Settled.waitFor(() -> log(Settled.TEXT), limit);
    }

    @Override
    public void close() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }
}

package io.emberlog.bench.front;

import static io.emberlog.bench.front.Call.price;
import static org.apache.logging.log4j.util.Unbox.box;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.async.AsyncLoggerContext;
import org.apache.logging.log4j.core.jmx.RingBufferAdmin;

/**
 * Log4j 2 with asynchronous loggers, settings in {@code peers/log4j2-*.xml} and {@link Library}. Numbers go through its
 * {@code Unbox}, which makes no garbage.
 */
final class Log4j2Front implements Front {
    private static final long LOOK_NS = 20_000;

    private final Logger log;
    private final RingBufferAdmin ring;
    private final String name;
    private final boolean threeArgs;

    static Front open(Setting setting) {
        return new Log4j2Front(setting);
    }

    private Log4j2Front(Setting setting) {
        log = LogManager.getLogger(setting.logger());
        if (!(LogManager.getContext(false) instanceof AsyncLoggerContext context)) {
            throw new IllegalStateException("the loggers are not asynchronous");
        }
        ring = context.createRingBufferAdmin();
        name = setting.name();
        threeArgs = setting.call().isThreeArgs();
    }

    @Override
    public boolean log(long i) {
        if (threeArgs) {
            log.info(Call.THREE_PLACES, box(i), box(price(i)), name);
        } else {
            log.info(Call.TWO_PLACES, box(i), box(price(i)));
        }
        return true;
    }

    @Override
    public boolean log(String text) {
        log.info(text);
        return true;
    }

    /** An event leaves the ring buffer behind its appender, which flushes with the last one that is there. */
    @Override
    public boolean settle(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (ring.getRemainingCapacity() != ring.getBufferSize()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return true;
    }

    @Override
    public void close() {
        LogManager.shutdown();
    }
}

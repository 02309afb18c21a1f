package io.emberlog.bench.front;

import static io.emberlog.bench.front.Call.price;

import java.time.Duration;
import org.tinylog.Logger;
import org.tinylog.TaggedLogger;
import org.tinylog.provider.ProviderRegistry;

/** tinylog with its writing thread, settings in {@code peers/tinylog.properties}. Its calls box, and have an array. */
final class TinylogFront implements Front {
    private final TaggedLogger log;
    private final String name;
    private final boolean threeArgs;

    static Front open(Setting setting) {
        return new TinylogFront(setting);
    }

    private TinylogFront(Setting setting) {
        log = Logger.tag(setting.logger());
        name = setting.name();
        threeArgs = setting.call().isThreeArgs();
    }

    @Override
    public boolean log(long i) {
        if (threeArgs) {
            log.info(Call.THREE_PLACES, i, price(i), name);
        } else {
            log.info(Call.TWO_PLACES, i, price(i));
        }
        return true;
    }

    @Override
    public boolean log(String text) {
        log.info(text);
        return true;
    }

    @Override
    public boolean settle(Duration limit) {
        return Settled.waitFor(() -> log(Settled.TEXT), limit);
    }

    @Override
    public void close() {
        try {
            ProviderRegistry.getLoggingProvider().shutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

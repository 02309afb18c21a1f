package io.emberlog.bench.front;

import static io.emberlog.bench.front.Call.price;

import io.emberlog.message.Level;
import io.emberlog.worker.WorkerLogger;
import java.time.Duration;

/** A worker, by its own API. */
final class EmberlogFront implements Front {
    private static final IllegalStateException FAILURE =
            new IllegalStateException("no such venue", new IllegalArgumentException("venue=XXXX"));

    /** One for each {@link Call}, of which a JVM makes one. */
    private interface Form {
        boolean log(WorkerLogger log, long i);
    }

    private final WorkerLogger root;
    private final WorkerLogger log;
    private final Form form;

    EmberlogFront(Setting setting) {
        root = WorkerLogger.builder().open();
        log = setting.logger() == null ? root : root.logger(setting.logger());
        form = setting.errorEvery() == 0 ? form(setting) : withErrors(setting.name(), setting.errorEvery());
    }

    private static Form form(Setting setting) {
        String name = setting.name();
        return switch (setting.call()) {
            case LITERAL -> (log, i) -> log.info(Call.LITERAL_TEXT);
            case TWO_ARGS -> (log, i) -> log.info(Call.TWO_PLACES, i, price(i));
            case THREE_ARGS ->
                (log, i) -> log.atInfo().arg(i).arg(price(i)).arg(name).log(Call.THREE_PLACES);
            case VARARGS -> (log, i) -> log.info(Call.THREE_PLACES, new Object[] {i, price(i), name});
            case KEY_VALUES ->
                (log, i) -> log.atInfo()
                        .arg(i)
                        .kv("price", price(i))
                        .kv("venue", "XETRA")
                        .log("order {} filled");
            case EXCEPTION -> (log, i) -> log.error("order {} rejected", i, FAILURE);
            case DISABLED -> (log, i) -> log.debug(Call.TWO_PLACES, i, price(i));
            case MDC ->
                (log, i) -> log.atInfo()
                        .arg(i)
                        .arg(price(i))
                        .mdc("user", "ada")
                        .mdc("request", "8f14e45f")
                        .log(Call.TWO_PLACES);
        };
    }

    private static Form withErrors(String name, int every) {
        return (log, i) -> log.at(i % every == 0 ? Level.ERROR : Level.INFO)
                .arg(i)
                .arg(price(i))
                .arg(name)
                .log(Call.THREE_PLACES);
    }

    @Override
    public boolean log(long i) {
        return form.log(log, i);
    }

    @Override
    public boolean log(String text) {
        return log.info(text);
    }

    @Override
    public boolean settle(Duration limit) {
        return root.flush(limit);
    }

    @Override
    public long refused() {
        return root.metrics().droppedTotal();
    }

    @Override
    public void close() {
        root.close();
    }
}

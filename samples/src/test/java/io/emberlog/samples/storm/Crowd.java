package io.emberlog.samples.storm;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Does something so many times, a few of them at once. */
final class Crowd {
    /** One of them; numbers count from 0. */
    @FunctionalInterface
    interface Deed {
        void doIt(int number) throws Exception;
    }

    private Crowd() {}

    /** Returns when all are done; throws what the first that failed threw, when all have ended. */
    static void of(int atOnce, int times, Deed deed) throws Exception {
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                done.add(threads.submit(() -> {
                    for (int number = next.getAndIncrement(); number < times; number = next.getAndIncrement()) {
                        deed.doIt(number);
                    }
                    return null;
                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}

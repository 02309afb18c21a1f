package io.emberlog.worker.slf4j;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/** One logger per name. Any thread. */
final class EmberlogLoggerFactory implements ILoggerFactory {
    private final ConcurrentMap<String, Logger> loggers = new ConcurrentHashMap<>();
    private final LazyWorker worker;
    private final ThreadMdcAdapter mdc;

    EmberlogLoggerFactory(LazyWorker worker, ThreadMdcAdapter mdc) {
        this.worker = worker;
        this.mdc = mdc;
    }

    @Override
    public Logger getLogger(String name) {
        return loggers.computeIfAbsent(name == null ? "" : name, key -> new EmberlogLogger(key, worker, mdc));
    }
}

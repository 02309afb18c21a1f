package io.emberlog.worker.slf4j;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** What SLF4J finds through {@code ServiceLoader}. Opens nothing. */
public final class EmberlogServiceProvider implements SLF4JServiceProvider {
    private static final String REQUESTED_API_VERSION = "2.0.99";

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final ThreadMdcAdapter mdc = new ThreadMdcAdapter();
    private final ILoggerFactory loggers = new EmberlogLoggerFactory(new LazyWorker(), mdc);

    /** Called by SLF4J. */
    public EmberlogServiceProvider() {}

    @Override
    public void initialize() {
        // everything is made in the constructor; the worker is opened at first use
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
        return REQUESTED_API_VERSION;
    }
}

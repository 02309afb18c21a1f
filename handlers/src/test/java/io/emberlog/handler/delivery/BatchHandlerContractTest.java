package io.emberlog.handler.delivery;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

class BatchHandlerContractTest extends HandlerContractTest {
    private final List<String> delivered = new ArrayList<>();
    private FakeDestination destination;

    @Override
    protected Handler create() {
        destination = new FakeDestination(delivered);
        return new BatchHandler(destination, new BatchLimits(7, 1 << 20, Duration.ZERO));
    }

    @Override
    protected List<String> delivered() {
        return delivered;
    }

    @Override
    protected void failOnce() {
        destination.script.push(batch -> Reply.unavailable("away"));
    }

    @Override
    protected boolean exactlyOnce() {
        return false;
    }
}

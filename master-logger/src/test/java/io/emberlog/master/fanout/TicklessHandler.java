package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;

/** Does nothing, and needs no ticks. */
class TicklessHandler implements Handler {
    @Override
    public void open(HandlerContext context) {}

    @Override
    public void handle(LogRecord record) {}

    @Override
    public void flush() {}

    @Override
    public byte[] checkpoint() {
        return new byte[0];
    }

    @Override
    public void close() {}
}

package io.emberlog.handler.fake;

import java.io.IOException;
import java.util.function.LongSupplier;

/** An endpoint of the user's own: takes everything. */
public final class FakeWebhook extends FakeService {
    public FakeWebhook(LongSupplier clock) throws IOException {
        super(clock);
    }

    @Override
    Answer answer(Request request) {
        return new Answer(204, "");
    }
}

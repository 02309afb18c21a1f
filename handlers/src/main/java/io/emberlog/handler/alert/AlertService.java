package io.emberlog.handler.alert;

import io.emberlog.handler.HandlerContext;
import java.io.IOException;
import java.util.List;

/**
 * A service that shows messages to people. {@link AlertHandler} decides what is said and when; this says how. One thread, the
 * handler's; every call must come back within a bound of its own.
 */
public interface AlertService extends AutoCloseable {
    /** One message on its way. */
    interface Outgoing {
        /**
         * One attempt.
         *
         * @throws MessageRefusedException the service works and will not have this text
         * @throws IOException not now; {@link io.emberlog.handler.RetryLaterException} where the service said when. Without secrets
         */
        void send() throws IOException, MessageRefusedException;

        /** What can stand for it when it is refused, without anything that a worker wrote; null when no count would be lost. */
        default Outgoing plain() {
            return null;
        }
    }

    void open(HandlerContext context) throws IOException;

    /** The messages that say this, in order; at least one, few in any case. Counts and levels of all notices are in them. */
    List<Outgoing> compose(Bulletin bulletin);

    /** Until the service's limits allow another message; 0 for now. */
    long waitNs(long nowNs);

    /** More than once, and also after {@link #open} threw. */
    @Override
    void close() throws IOException;
}

package io.emberlog.master.fanout;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which call of its handler a thread is in, and since when. {@link #enter} and {@link #leave}: the handler's thread, each one store with
 * release; a reader sees a call some moment ago, which is enough for one that takes seconds. The others: any thread.
 */
final class CallClock {
    /** What a handler can be asked to do. */
    enum Call {
        OPEN,
        HANDLE,
        OBSERVE,
        FLUSH,
        TICK,
        REOPEN,
        CHECKPOINT,
        FINISH,
        CLOSE;

        private static final Call[] ALL = values();

        /** As in {@link io.emberlog.handler.Handler}. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** In no call. */
    static final long NONE = 0;

    private static final int CALL_BITS = 4;
    private static final long CALL_MASK = (1 << CALL_BITS) - 1;

    /** When it began, in the upper bits; number of the call from 1, in the lower ones. */
    private final AtomicLong word = new AtomicLong();

    /** @return what {@link #leave} takes: a call may be made within another */
    long enter(Call call, long nowNs) {
        long before = word.getPlain();
        word.setRelease(nowNs << CALL_BITS | call.ordinal() + 1);
        return before;
    }

    void leave(long before) {
        word.setRelease(before);
    }

    /** The call that is under way, as one number that no other call has, but for one of the same kind at the same nanosecond. */
    long now() {
        return word.getAcquire();
    }

    static Call call(long word) {
        return Call.ALL[(int) (word & CALL_MASK) - 1];
    }

    static long lastsNs(long word, long nowNs) {
        return Math.max(
                0, (nowNs << CALL_BITS) - (word & ~CALL_MASK) >> CALL_BITS); // the clock's highest bits are not in it
    }
}

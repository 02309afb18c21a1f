package io.emberlog.bench.front;

import io.emberlog.message.Level;
import io.emberlog.worker.WorkerLogger;
import java.time.Duration;

/**
 * A worker, by its own API. Each form is a class of its own, of which a JVM loads one: a call that costs less than a
 * nanosecond must not go through a field that says which form it is.
 */
abstract class EmberlogFront implements Front {
    private static final IllegalStateException FAILURE =
            new IllegalStateException("no such venue", new IllegalArgumentException("venue=XXXX"));

    private final WorkerLogger root;
    final WorkerLogger log;
    final String name;

    private EmberlogFront(Setting setting) {
        root = WorkerLogger.builder().name(setting.name()).open();
        log = setting.logger() == null ? root : root.logger(setting.logger());
        name = setting.name();
    }

    static Front open(Setting setting) {
        if (setting.errorEvery() > 0) {
            return new WithErrors(setting);
        }
        if (setting.textBytes() > 0) {
            return new OfSize(setting);
        }
        return switch (setting.call()) {
            case LITERAL -> new Literal(setting);
            case TWO_ARGS -> new TwoArgs(setting);
            case THREE_ARGS -> new ThreeArgs(setting);
            case VARARGS -> new Varargs(setting);
            case KEY_VALUES -> new KeyValues(setting);
            case EXCEPTION -> new WithException(setting);
            case DISABLED -> new Disabled(setting);
            case MDC -> new WithMdc(setting);
        };
    }

    private static final class Literal extends EmberlogFront {
        Literal(Setting setting) {
            super(setting);
        }

        @Override
        public boolean log(long i) {
            return log.info("order filled");
        }
    }

    private static final class TwoArgs extends EmberlogFront {
        TwoArgs(Setting setting) {
            super(setting);
        }

        @Override
        public boolean log(long i) {
            return log.info(Call.TWO_PLACES, i, Call.price(i));
        }
    }

    private static final class ThreeArgs extends EmberlogFront {
        ThreeArgs(Setting setting) {
            super(setting);
        }

        @Override
        public boolean log(long i) {
            return log.atInfo().arg(i).arg(Call.price(i)).arg(name).log(Call.THREE_PLACES);
        }
    }

    private static final class Varargs extends EmberlogFront {
        Varargs(Setting setting) {
            super(setting);
        }

        @Override
        public boolean log(long i) {
            return log.info(Call.THREE_PLACES, new Object[] {i, Call.price(i), name});
        }
    }

    private static final class KeyValues extends EmberlogFront {
        KeyValues(Setting setting) {
            super(setting);
        }

        @Override
        public boolean log(long i) {
            return log.atInfo()
                    .arg(i)
                    .kv("price", Call.price(i))
                    .kv("venue", "XETRA")
                    .log("order {} filled");
        }
    }

    private static final class WithException extends EmberlogFront {
        WithException(Setting setting) {
            super(setting);
        }

        @Override
        public boolean log(long i) {
            return log.error("order {} rejected", i, FAILURE);
        }
    }

    private static final class Disabled extends EmberlogFront {
        Disabled(Setting setting) {
            super(setting);
        }

        @Override
        public boolean log(long i) {
            return log.debug(Call.TWO_PLACES, i, Call.price(i));
        }
    }

    private static final class WithMdc extends EmberlogFront {
        WithMdc(Setting setting) {
            super(setting);
        }

        @Override
        public boolean log(long i) {
            return log.atInfo()
                    .arg(i)
                    .arg(Call.price(i))
                    .mdc("user", "ada")
                    .mdc("request", "8f14e45f")
                    .log(Call.TWO_PLACES);
        }
    }

    private static final class WithErrors extends EmberlogFront {
        private final int every;

        WithErrors(Setting setting) {
            super(setting);
            every = setting.errorEvery();
        }

        @Override
        public boolean log(long i) {
            Level level = i % every == 0 ? Level.ERROR : Level.INFO;
            return log.at(level).arg(i).arg(Call.price(i)).arg(name).log(Call.THREE_PLACES);
        }
    }

    /** {@code order 42 xxx...}, filled up by an argument. */
    private static final class OfSize extends EmberlogFront {
        private static final int WITHOUT_ARGUMENTS = "order  ".length();

        /** By the length of the number in front of it. */
        private final String[] fills = new String[Long.toString(Long.MIN_VALUE).length() + 1];

        OfSize(Setting setting) {
            super(setting);
            for (int i = 0; i < fills.length; i++) {
                fills[i] = "x".repeat(Math.max(0, setting.textBytes() - WITHOUT_ARGUMENTS - i));
            }
        }

        @Override
        public boolean log(long i) {
            return log.atInfo().arg(i).arg(fills[length(i)]).log("order {} {}");
        }

        private static int length(long number) {
            int length = number < 0 ? 2 : 1;
            for (long rest = number / 10; rest != 0; rest /= 10) {
                length++;
            }
            return length;
        }
    }

    @Override
    public final boolean log(String text) {
        return log.info(text);
    }

    @Override
    public final boolean settle(Duration limit) {
        return root.flush(limit);
    }

    @Override
    public final long refused() {
        return root.metrics().droppedTotal();
    }

    @Override
    public final void close() {
        root.close();
    }
}

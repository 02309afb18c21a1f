package io.emberlog.bench;

import io.emberlog.worker.WorkerLogger;

/** The forms of a log call that are measured. Public for the code that JMH generates. */
public enum Call {
    LITERAL("info(String)") {
        @Override
        boolean log(WorkerLogger log, long i) {
            return log.info("order filled");
        }
    },
    TWO_ARGS("info(String, long, double)") {
        @Override
        boolean log(WorkerLogger log, long i) {
            return log.info("order {} filled at {}", i, price(i));
        }
    },
    THREE_ARGS("atInfo().arg(long).arg(double).arg(String).log(String)") {
        @Override
        boolean log(WorkerLogger log, long i) {
            return log.atInfo().arg(i).arg(price(i)).arg("md-feed").log("order {} filled at {} by {}");
        }
    },
    VARARGS("info(String, Object...), three arguments that the caller boxes") {
        @Override
        boolean log(WorkerLogger log, long i) {
            return log.info("order {} filled at {} by {}", new Object[] {i, price(i), "md-feed"});
        }
    },
    KEY_VALUES("atInfo() with a long as argument and two fields") {
        @Override
        boolean log(WorkerLogger log, long i) {
            return log.atInfo()
                    .arg(i)
                    .kv("price", price(i))
                    .kv("venue", "XETRA")
                    .log("order {} filled");
        }
    },
    EXCEPTION("error(String, long, Throwable), the same exception again and again") {
        @Override
        boolean log(WorkerLogger log, long i) {
            return log.error("order {} rejected", i, FAILURE);
        }
    },
    DISABLED("debug(String, long, double) at level INFO") {
        @Override
        boolean log(WorkerLogger log, long i) {
            return log.debug("order {} filled at {}", i, price(i));
        }
    };

    private static final IllegalStateException FAILURE =
            new IllegalStateException("no such venue", new IllegalArgumentException("venue=XXXX"));

    final String meaning;

    Call(String meaning) {
        this.meaning = meaning;
    }

    abstract boolean log(WorkerLogger log, long i);

    /** Calls between two looks at the ring: a small part of it, and long enough that the look costs nothing. */
    int burst() {
        return this == EXCEPTION ? 500 : 10_000;
    }

    private static double price(long i) {
        return 100 + (i & 1023) * 0.25;
    }
}

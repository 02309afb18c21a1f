package io.emberlog.bench.front;

import static io.emberlog.bench.front.Call.price;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** SLF4J's classic call: a number as argument is boxed, three arguments are an array. */
abstract class Slf4jFront implements Front {
    private final Logger log;
    private final String name;
    private final boolean threeArgs;
    private final boolean mdc;

    Slf4jFront(Setting setting) {
        log = LoggerFactory.getLogger(setting.logger());
        name = setting.name();
        threeArgs = setting.call().isThreeArgs();
        mdc = setting.call() == Call.MDC;
    }

    @Override
    public final void enter() {
        if (mdc) {
            MDC.put("user", "ada");
            MDC.put("request", "8f14e45f");
        }
    }

    @Override
    public final boolean log(long i) {
        if (threeArgs) {
            log.info(Call.THREE_PLACES, i, price(i), name);
        } else {
            log.info(Call.TWO_PLACES, i, price(i));
        }
        return true;
    }

    @Override
    public final boolean log(String text) {
        log.info(text);
        return true;
    }
}

package io.emberlog.concurrency;

import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import io.emberlog.master.fanout.LincheckCheckpoint;
import io.emberlog.ring.LincheckRing;
import io.emberlog.worker.LincheckSlot;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Test;

/**
 * Small scenarios of two or three threads, each in many orders of their steps, under Lincheck's model checker: whatever the calls
 * answered, some order of the calls, one after the other, must give the same answers. Memory is sequentially consistent there;
 * what the processor reorders is jcstress's part.
 *
 * <p>Scenarios and orders follow from Lincheck's own fixed seed.
 */
class LincheckTest {
    private static final int ORDERS = Boolean.getBoolean("emberlog.lab.long") ? 1_000 : 100;

    @Test
    void whateverTheOrderTheAnswersAreThoseOfCallsOneAfterTheOther() throws IOException {
        Map<Class<?>, ModelCheckingOptions> tests = new LinkedHashMap<>();
        tests.put(LincheckRing.Queue.class, LincheckRing.options().threads(2));
        tests.put(LincheckRing.Producers.class, LincheckRing.options().threads(3));
        tests.put(LincheckRing.SyncRequest.class, LincheckRing.options().threads(2));
        tests.put(LincheckSlot.Numbers.class, new ModelCheckingOptions().threads(3));
        tests.put(
                LincheckCheckpoint.StoreAndClose.class,
                LincheckCheckpoint.options().threads(2));
        LabRun.of(Fault.LINCHECK, "", 1, run -> {
            int scenarios = (int) Math.max(1, run.count() / tests.size());
            tests.forEach((test, options) -> {
                options.iterations(scenarios)
                        .invocationsPerIteration(ORDERS)
                        .actorsBefore(1)
                        .actorsPerThread(2)
                        .actorsAfter(1)
                        .check(test);
                run.made(scenarios);
            });
        });
    }
}

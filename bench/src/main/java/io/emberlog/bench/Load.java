package io.emberlog.bench;

import io.emberlog.bench.front.Setting;
import java.io.IOException;
import java.util.List;

/**
 * What is logged, by whom, and what takes it.
 *
 * @param setting of each worker; name and target are those that the place has for it
 * @param workers each with a ring, or a queue, of its own
 * @param shareProcesses whether a process may be several workers, each of which logs from a thread of its own, where there is no
 *     room for so many processes ({@link Plan#processes})
 * @param flags of the workers' JVMs
 * @param share of a plan's messages; the slow ones get less than all
 */
record Load(
        Setting setting,
        int workers,
        boolean shareProcesses,
        List<String> flags,
        double share,
        Mode mode,
        Outputs outputs) {
    /** Room for what is logged, several times. */
    static final String JOURNAL_SIZE = "16 GiB";

    static Load of(Setting setting, int workers, Mode mode, Outputs outputs) {
        return new Load(setting, workers, false, List.of(), 1, mode, outputs);
    }

    Load withShare(double other) {
        return new Load(setting, workers, shareProcesses, flags, other, mode, outputs);
    }

    Load withFlags(List<String> others) {
        return new Load(setting, workers, shareProcesses, others, share, mode, outputs);
    }

    Load inSharedProcesses() {
        return new Load(setting, workers, true, flags, share, mode, outputs);
    }

    int processes(Plan plan) {
        return shareProcesses ? plan.processes(workers) : workers;
    }

    /** Messages of each worker that are measured. */
    int messages(Plan plan) {
        return each(plan, plan.messages());
    }

    /** Messages of each worker in a round of warming up. */
    int warmUpMessages(Plan plan) {
        return each(plan, plan.warmUpMessages());
    }

    /** Large texts are fewer: as many bytes as the plan has for them. */
    private int each(Plan plan, int messages) {
        double ofAll = messages * share / workers;
        double most = (double) plan.textBytes() * messages / plan.messages() / workers;
        return (int) Math.max(1, setting.textBytes() == 0 ? ofAll : Math.min(ofAll, most / setting.textBytes()));
    }

    Collector collector(Workplace place) throws IOException {
        return Collector.start(setting.library(), place, outputs, JOURNAL_SIZE, mode);
    }
}

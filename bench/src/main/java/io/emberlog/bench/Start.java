package io.emberlog.bench;

import io.emberlog.bench.front.Setting;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long it takes to start something. */
record Start(String name, String description, Action action) implements Benchmark {
    /** Long enough for one message. */
    private static final long LOGGED_MS = 200;

    /** Starts it once, and says how many nanoseconds that took. */
    interface Action {
        long run(Workplace place) throws IOException, InterruptedException;
    }

    static Start help() {
        return new Start("start.help", "emberlog --help, by the launcher", place -> Launcher.run(place, "--help"));
    }

    static Start master() {
        return new Start(
                "start.master",
                "a master, until it has journaled what lay in a ring before",
                place -> untilJournaled(place, MasterProcess::start));
    }

    static Start launchedMaster() {
        return new Start(
                "start.launched-master",
                "the same, by the launcher",
                place -> untilJournaled(place, MasterProcess::launch));
    }

    private interface Masters {
        MasterProcess start(Workplace place, Outputs outputs, String journalSize, Mode mode) throws IOException;
    }

    private static long untilJournaled(Workplace place, Masters masters) throws IOException, InterruptedException {
        WorkerProcess worker =
                WorkerProcess.start(place, 1, Mode.DEFAULTS, Setting.emberlog()).get(0);
        Started started = master(masters, place, worker, 0, Outputs.HUMAN, "1 GiB");
        started.master.stop();
        return started.tookNs;
    }

    record Started(MasterProcess master, long tookNs) {}

    /**
     * Starts a master on what the place has already.
     *
     * @param worker logs the message before
     * @return with the time until that was journaled
     */
    static Started master(Workplace place, WorkerProcess worker, long message, Outputs outputs, String journalSize)
            throws IOException, InterruptedException {
        return master(MasterProcess::start, place, worker, message, outputs, journalSize);
    }

    private static Started master(
            Masters masters, Workplace place, WorkerProcess worker, long message, Outputs outputs, String journalSize)
            throws IOException, InterruptedException {
        worker.order("log " + message + " " + (message + 1));
        TimeUnit.MILLISECONDS.sleep(LOGGED_MS);
        long startNs = System.nanoTime();
        MasterProcess master = masters.start(place, outputs, journalSize, Mode.DEFAULTS);
        String[] answer = worker.answer("log");
        long tookNs = System.nanoTime() - startNs;
        if (!answer[3].equals("0")) {
            throw new IOException("the master did not drain the ring");
        }
        return new Started(master, tookNs);
    }

    @Override
    public Result run(Plan plan) throws Exception {
        double[] ms = new double[plan.starts()];
        for (int i = -1; i < ms.length; i++) {
            try (Workplace place = Workplace.in(plan.directory())) {
                double took = action.run(place) / 1e6;
                if (i >= 0) { // the first may have to build, and reads files that are in no cache
                    ms[i] = took;
                }
            }
        }
        Arrays.sort(ms);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("median ms", (ms[(ms.length - 1) / 2] + ms[ms.length / 2]) / 2);
        figures.put("least ms", ms[0]);
        figures.put("most ms", ms[ms.length - 1]);
        figures.put("starts", (double) ms.length);
        return new Result(name(), figures, true);
    }
}

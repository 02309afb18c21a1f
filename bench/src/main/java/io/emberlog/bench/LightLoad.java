package io.emberlog.bench;

import io.emberlog.bench.front.Setting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How old a message is when its line can be read in the file, while there is hardly anything to do: a worker logs one each 1
 * to 2 ms ({@link Pace}), this JVM reads the file. Counted from the time at which a message was due, so that a worker that
 * is late makes all the messages late that wait for it.
 */
final class LightLoad implements Benchmark {
    private static final long LEAD_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    /** Between two looks at the file; a timer makes some 60 us more of it. Spinning would take one of few cores. */
    private static final long LOOK_NS = 10_000;

    private static final int DIGITS = 3;

    private final Mode mode;

    LightLoad(Mode mode) {
        this.mode = mode;
    }

    @Override
    public String name() {
        return "latency.light-load" + mode.suffix;
    }

    @Override
    public String description() {
        return "from the time a message was due to its line in the file, one message each 1 to 2 ms" + mode.addition();
    }

    @Override
    public Result run(Plan plan) throws Exception {
        try (Workplace place = Workplace.in(plan.directory())) {
            MasterProcess master = MasterProcess.start(place, Outputs.HUMAN, "1 GiB", mode);
            WorkerProcess worker = WorkerProcess.start(place, 1, Mode.DEFAULTS, Setting.emberlog())
                    .get(0);
            worker.order("log -1 0");
            worker.answer("log");
            int warmUp = plan.pacedMessages() / 2;
            int messages = warmUp + plan.pacedMessages();
            long startNs = System.nanoTime() + LEAD_NS;
            worker.order("pace 0 " + messages + " " + startNs);
            Reader reader = new Reader(startNs, warmUp, messages);
            reader.read(master.output(), startNs + Pace.dueNs(messages) + LIMIT_NS);
            long refused = Long.parseLong(worker.answer("pace")[1]);
            master.stop();
            OutputCheck check = OutputCheck.of(master.output(), 1, -1, messages);
            Map<String, Double> figures = new LinkedHashMap<>();
            for (double percent : new double[] {50, 99, 99.9, 100}) {
                figures.put(
                        percent == 100 ? "max us" : "p" + (percent == 99.9 ? "99.9" : (int) percent) + " us",
                        reader.latencies.getValueAtPercentile(percent) / 1e3);
            }
            figures.put("messages", (double) reader.latencies.getTotalCount());
            figures.put("refused", (double) refused);
            figures.put("missing", (double) check.missing());
            figures.put("doubled", (double) check.doubled());
            boolean complete = reader.latencies.getTotalCount() == plan.pacedMessages();
            return new Result(name(), figures, complete && refused + check.missing() + check.doubled() == 0);
        }
    }

    /** Follows the file. */
    private static final class Reader {
        final Histogram latencies = new Histogram(DIGITS);
        private final long startNs;
        private final int warmUp;
        private final int messages;
        private int next;
        private final StringBuilder line = new StringBuilder();

        Reader(long startNs, int warmUp, int messages) {
            this.startNs = startNs;
            this.warmUp = warmUp;
            this.messages = messages;
        }

        void read(Path path, long deadlineNs) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
                while (next < messages && System.nanoTime() - deadlineNs < 0) {
                    int count = file.read(buffer.clear());
                    if (count > 0) {
                        take(StandardCharsets.US_ASCII.decode(buffer.flip()), System.nanoTime());
                    } else {
                        LockSupport.parkNanos(LOOK_NS);
                    }
                }
            }
        }

        private void take(CharSequence text, long nowNs) {
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) != '\n') {
                    line.append(text.charAt(i));
                    continue;
                }
                int message = number();
                line.setLength(0);
                if (message >= 0) {
                    next = message + 1;
                    if (message >= warmUp) {
                        latencies.recordValue(
                                nowNs - startNs - Pace.dueNs(message)); // throws where one came before it was due
                    }
                }
            }
        }

        /** -1 of the master's own lines and of the first message. */
        private int number() {
            int start = line.indexOf(LoadWorker.NUMBER_IS_BEHIND);
            if (start < 0) {
                return -1;
            }
            start += LoadWorker.NUMBER_IS_BEHIND.length();
            return Integer.parseInt(line.substring(start, line.indexOf(" ", start)));
        }
    }
}

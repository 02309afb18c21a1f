package io.emberlog.samples.producer;

import io.emberlog.message.Level;
import io.emberlog.samples.judge.Acknowledgements;
import io.emberlog.samples.judge.Acknowledgements.Account;
import io.emberlog.samples.judge.Message;
import io.emberlog.worker.WorkerLogger;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A worker process like {@link Producer} in which something goes wrong ({@link Trouble}). It keeps the same account of its
 * calls, and tells in its {@link Notes} what the account has no words for:
 *
 * <pre>
 *   declined N      calls of the troubled thread that returned false
 *   threw N         calls that ended in an error
 *   swallowed 1     a call after which an interrupt that was pending before was gone
 *   flushes N       flushes that an interrupt ended; syncs N likewise
 *   child PID       a process that it started and that lives on
 *   wrong TEXT      what must not be
 * </pre>
 */
public final class TroubledProducer {
    private static final int TROUBLED_THREAD = 0;
    private static final long STACK_BYTES = 256 * 1024;
    private static final int COLD_CALLS = 64;
    private static final long READ_PAUSE_NS = 20_000_000;
    private static final long INTERRUPT_PAUSE_NS = 30_000;
    private static final int INTERRUPTS_PER_NOTE = 5;
    private static final Duration FLUSH_LIMIT = Duration.ofSeconds(30);

    /** Names of the threads that wait for what was logged. */
    private static final Set<String> WAITING = Set.of("flushes", "syncs");

    private final Trouble trouble;
    private final ProducerSettings settings;
    private final Acknowledgements acknowledgements;
    private final WorkerLogger log;
    private final CountDownLatch warm = new CountDownLatch(1);
    private final CyclicBarrier pause;
    private volatile boolean pausing;
    private volatile boolean stopped;
    private Thread[] threads;

    private TroubledProducer(
            Trouble trouble, ProducerSettings settings, Acknowledgements acknowledgements, WorkerLogger log) {
        this.trouble = trouble;
        this.settings = settings;
        this.acknowledgements = acknowledgements;
        this.log = log;
        this.pause = new CyclicBarrier(settings.threads() + 1);
    }

    /** @param arguments the name of a {@link Trouble}, then those of {@link ProducerSettings#arguments} */
    public static void main(String... arguments) throws Exception {
        Trouble trouble = Trouble.valueOf(arguments[0]);
        String[] others = Arrays.copyOfRange(arguments, 1, arguments.length);
        ProducerSettings settings = ProducerSettings.parse(others);
        switch (trouble) {
            case NONE -> Producer.main(others);
            case HALT -> {
                daemon("trouble", () -> {
                    awaitGo(settings);
                    Runtime.getRuntime().halt(7);
                });
                Producer.main(others);
            }
            case MEMORY -> {
                daemon("trouble", () -> {
                    awaitGo(settings);
                    eat();
                });
                Producer.main(others);
            }
            case READ -> {
                daemon("trouble", () -> copyForEver(settings.channel()));
                Producer.main(others);
            }
            case FORK -> {
                daemon("trouble", () -> fork(settings));
                Producer.main(others);
            }
            default -> produce(trouble, settings);
        }
    }

    private static void produce(Trouble trouble, ProducerSettings settings) throws Exception {
        warmUp();
        Acknowledgements acknowledgements = Acknowledgements.create(
                settings.acks(), settings.name(), settings.threads(), settings.messages(), settings.seed());
        try (WorkerLogger log = WorkerLogger.builder()
                .name(settings.name())
                .directory(settings.channel())
                .open()) {
            new TroubledProducer(trouble, settings, acknowledgements, log).runUntilInputEnds();
        }
    }

    /** Code that runs for the first time takes room in the heap; the account must not be what meets a full one. */
    private static void warmUp() throws IOException {
        Path directory = Files.createTempDirectory("emberlog-warm-");
        Path scratch = directory.resolve("acks");
        Account account = Acknowledgements.create(scratch, "warm", 1, 8, 0).account(0);
        account.acknowledged(account.issue(), 0, "");
        account.issue();
        account.declined(0);
        account.ended();
        Files.delete(scratch);
        Files.delete(directory);
    }

    private void runUntilInputEnds() throws Exception {
        threads = new Thread[settings.threads()];
        for (int i = 0; i < threads.length; i++) {
            int thread = i;
            threads[i] = new Thread(null, () -> produce(thread), Message.threadName(i), STACK_BYTES);
            threads[i].start();
        }
        switch (trouble) {
            case CUT -> daemon("trouble", this::cut);
            case INTERRUPT -> {
                daemon("trouble", this::interruptForEver);
                daemon("flushes", () -> waitForEver(false));
                daemon("syncs", () -> waitForEver(true));
            }
            default -> {
                // the troubled thread does it
            }
        }
        while (System.in.read() >= 0) {
            // whatever it is; the end is the signal
        }
        stopped = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
            thread.join();
        }
    }

    private void produce(int thread) {
        Account account = acknowledgements.account(thread);
        boolean troubled = thread == TROUBLED_THREAD;
        boolean ended = true;
        if (troubled && (trouble == Trouble.STACK || trouble == Trouble.COLD_STACK)) {
            atTheEndOfTheStack(account);
        } else if (troubled && trouble == Trouble.HEAP) {
            ended = inAFullHeap(account);
        } else {
            plainly(thread, account);
        }
        if (ended) {
            account.ended();
        }
    }

    private void atTheEndOfTheStack(Account account) {
        StackEnd end = new StackEnd(log, settings.seed() ^ settings.name().hashCode());
        long declined = 0;
        for (long i = 0; i < settings.messages() && !stopped; i++) {
            long sequence = account.issue();
            String text = text(TROUBLED_THREAD, sequence);
            Level level = level(TROUBLED_THREAD, sequence);
            if (end.log(level, text)) {
                account.acknowledged(sequence, level.severity(), text);
            } else {
                account.declined(level.severity());
                declined++;
            }
            if (i == COLD_CALLS) {
                warm.countDown();
            }
        }
        warm.countDown();
        note("declined " + declined);
        note("threw " + end.threw());
    }

    private boolean inAFullHeap(Account account) {
        FullHeap heap = new FullHeap(log, settings, TROUBLED_THREAD);
        while (!stopped && heap.thrown() == null && heap.calls() < settings.messages() / 2) {
            heap.round(account);
        }
        note("declined " + heap.declined());
        if (heap.thrown() != null) {
            note("wrong a call threw " + heap.thrown() + " at "
                    + Arrays.toString(heap.thrown().getStackTrace()));
        }
        return heap.thrown() == null;
    }

    private void plainly(int thread, Account account) {
        if (trouble == Trouble.COLD_STACK) {
            await(warm);
        }
        for (long i = 0; i < settings.messages() && !stopped; i++) {
            if (pausing) {
                meet();
                meet();
            }
            String text = textWhateverItTakes(thread, i);
            int severity = severityWhateverItTakes(thread, i);
            boolean pending = trouble == Trouble.INTERRUPT && (i & 1) == 0;
            if (pending) {
                Thread.currentThread().interrupt();
            }
            Level level = Level.canonical(severity);
            long sequence = account.issue();
            boolean taken = call(level, text);
            if (trouble == Trouble.INTERRUPT && !Thread.interrupted() && pending) {
                note("swallowed 1");
            }
            if (taken) {
                account.acknowledged(sequence, level.severity(), text);
            } else {
                account.declined(level.severity());
            }
            if (settings.pauseNs() > 0) {
                LockSupport.parkNanos(settings.pauseNs());
            }
        }
    }

    private boolean call(Level level, String text) {
        try {
            return log.log(level, text);
        } catch (Throwable out) {
            noteWhateverItTakes("wrong a call threw " + out.getClass());
            throw out;
        }
    }

    private void noteWhateverItTakes(String line) {
        while (true) {
            try {
                note(line);
                return;
            } catch (OutOfMemoryError full) {
                Thread.yield();
            }
        }
    }

    private String text(int thread, long sequence) {
        return Message.text(settings.seed(), settings.name(), thread, sequence);
    }

    private Level level(int thread, long sequence) {
        return Level.canonical(Message.severity(settings.seed(), settings.name(), thread, sequence));
    }

    /** Another thread may have filled the heap. */
    private String textWhateverItTakes(int thread, long sequence) {
        while (true) {
            try {
                return text(thread, sequence);
            } catch (OutOfMemoryError full) {
                Thread.yield();
            }
        }
    }

    private int severityWhateverItTakes(int thread, long sequence) {
        while (true) {
            try {
                return Message.severity(settings.seed(), settings.name(), thread, sequence);
            } catch (OutOfMemoryError full) {
                Thread.yield();
            }
        }
    }

    private void note(String line) {
        Notes.add(settings.acks(), line);
    }

    /** All that was logged is in the journal, nothing is being logged, and then the file of the ring is gone from under it. */
    private void cut() {
        awaitGo(settings);
        pausing = true;
        meet();
        if (!log.flush(FLUSH_LIMIT)) {
            note("wrong flush did not end");
        }
        try (Stream<Path> files = Files.list(settings.channel())) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith(settings.name() + "-") && name.endsWith(".ring")) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.truncate(0);
                    }
                    note("cut 1");
                }
            }
        } catch (IOException e) {
            note("wrong " + e);
        }
        pausing = false;
        meet();
    }

    private void meet() {
        try {
            pause.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void interruptForEver() {
        List<Thread> all = new ArrayList<>();
        while (!stopped) {
            all.clear();
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                String name = thread.getName();
                if (name.startsWith("producer-") || name.startsWith("emberlog-") || WAITING.contains(name)) {
                    all.add(thread);
                }
            }
            for (int round = 0; round < 1_000 && !stopped; round++) {
                all.forEach(Thread::interrupt);
                LockSupport.parkNanos(INTERRUPT_PAUSE_NS);
            }
        }
    }

    private void waitForEver(boolean synced) {
        long kept = 0;
        while (!stopped) {
            boolean done = synced ? log.sync(FLUSH_LIMIT) : log.flush(FLUSH_LIMIT);
            kept += !done && Thread.interrupted() ? 1 : 0;
            if (kept == INTERRUPTS_PER_NOTE) {
                note((synced ? "syncs" : "flushes") + " " + kept);
                kept = 0;
            }
        }
    }

    private static void eat() {
        List<ByteBuffer> eaten = new ArrayList<>();
        while (true) {
            ByteBuffer more = ByteBuffer.allocateDirect(4 << 20);
            for (int at = 0; at < more.capacity(); at += 4096) {
                more.put(at, (byte) 1);
            }
            eaten.add(more);
        }
    }

    private static void copyForEver(Path directory) {
        while (true) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    try (InputStream in = Files.newInputStream(file)) {
                        in.transferTo(OutputStream.nullOutputStream());
                    } catch (NoSuchFileException gone) {
                        continue;
                    }
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            LockSupport.parkNanos(READ_PAUSE_NS);
        }
    }

    /** Each shell starts another in the background, with whatever descriptors it has, and ends or stays. */
    private static void fork(ProducerSettings settings) {
        try {
            for (int i = 0; i < 3; i++) {
                Process shell = new ProcessBuilder(
                                "sh", "-c", "sleep 300 & echo $!" + (i == 0 ? "; exec sleep 300" : ""))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                byte[] said = new byte[32];
                int length = shell.getInputStream().read(said);
                Notes.add(
                        settings.acks(),
                        "child " + new String(said, 0, length, java.nio.charset.StandardCharsets.US_ASCII).strip());
                Notes.add(settings.acks(), "child " + shell.pid());
            }
            awaitGo(settings);
        } catch (IOException e) {
            Notes.add(settings.acks(), "wrong " + e);
        }
    }

    private static void awaitGo(ProducerSettings settings) {
        Path go = Notes.go(settings.acks());
        while (Files.notExists(go)) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}

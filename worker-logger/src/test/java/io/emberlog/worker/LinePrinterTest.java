package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lines that somebody else prints: their order, their bounds, and what is told of those that are missing. */
class LinePrinterTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Queue<String> printed = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Semaphore permits = new Semaphore(0);

    private LinePrinter printer(Consumer<String> out) {
        return printer(out, this::daemon, Duration.ofSeconds(5));
    }

    private static LinePrinter printer(Consumer<String> out, ThreadFactory factory, Duration idle) {
        return new LinePrinter(out, factory, idle);
    }

    private Thread daemon(Runnable printing) {
        Thread thread = new Thread(printing, "line-printer-test");
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    private void stalling(String line) {
        permits.acquireUninterruptibly();
        printed.add(line);
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void linesComeOutInOrderByAThreadThatEndsWhenThereAreNone() throws InterruptedException {
        LinePrinter printer = printer(printed::add, this::daemon, Duration.ofMillis(1));
        assertThat(threads).isEmpty();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 100; i++) {
                printer.println(Integer.toString(round * 100 + i));
            }
            assertThat(printer.flush(LIMIT)).isTrue();
            for (Thread thread : List.copyOf(threads)) {
                thread.join(LIMIT.toMillis());
                assertThat(thread.isAlive()).isFalse();
            }
        }
        assertThat(threads).hasSizeGreaterThanOrEqualTo(3);
        assertThat(printed).containsExactlyElementsOf(numbers(0, 300));
    }

    @Test
    void aThreadThatEndsWhileLinesComeLosesNone() {
        LinePrinter printer = printer(printed::add, this::daemon, Duration.ZERO);
        for (int i = 0; i < 20_000; i++) {
            printer.println(Integer.toString(i));
            if (i % 500 == 0) {
                assertThat(printer.flush(LIMIT)).isTrue();
            }
        }
        assertThat(printer.flush(LIMIT)).isTrue();
        assertThat(printed).containsExactlyElementsOf(numbers(0, 20_000));
    }

    @Test
    void whatFindsNoRoomIsToldInItsPlaceAndNobodyWaits() {
        LinePrinter printer = printer(this::stalling);
        int more = 10;
        for (int i = 0; i < LinePrinter.MAX_LINES + more; i++) {
            printer.println(Integer.toString(i));
        }
        assertThat(printer.isFull()).isTrue();
        printer.skip(5);
        assertThat(printer.flush(Duration.ofMillis(1))).isFalse();
        permits.release(2);
        await().until(() -> !printer.isFull());
        printer.println("behind");
        permits.release(2 * LinePrinter.MAX_LINES);
        assertThat(printer.flush(LIMIT)).isTrue();

        List<String> expected = new ArrayList<>(numbers(0, LinePrinter.MAX_LINES));
        expected.add("emberlog: " + (more + 5) + " lines were not printed: standard error did not take them");
        expected.add("behind");
        assertThat(printed).containsExactlyElementsOf(expected);
        assertThat(threads).hasSize(1);
    }

    @Test
    void whatFindsNoRoomIsToldThoughNoLineFollows() {
        LinePrinter printer = printer(this::stalling);
        for (int i = 0; i <= LinePrinter.MAX_LINES; i++) {
            printer.println("");
        }
        permits.release(2 * LinePrinter.MAX_LINES);
        assertThat(printer.flush(LIMIT)).isTrue();
        assertThat(printed)
                .hasSize(LinePrinter.MAX_LINES + 1)
                .endsWith("emberlog: 1 line was not printed: standard error did not take them");
    }

    @Test
    void longLinesTakeNoMoreThanTheirRoomButOneGoesInAlone() {
        LinePrinter printer = printer(this::stalling);
        String alone = "x".repeat(2 * LinePrinter.MAX_CHARS);
        String quarter = "y".repeat(LinePrinter.MAX_CHARS / 4);
        printer.println(alone);
        assertThat(printer.isFull()).isTrue();
        printer.println(quarter);
        permits.release(2);
        assertThat(printer.flush(LIMIT)).isTrue();
        for (int i = 0; i < 6; i++) {
            printer.println(quarter);
        }
        permits.release(100);
        assertThat(printer.flush(LIMIT)).isTrue();
        assertThat(printed)
                .containsExactly(
                        alone,
                        "emberlog: 1 line was not printed: standard error did not take them",
                        quarter,
                        quarter,
                        quarter,
                        quarter,
                        "emberlog: 2 lines were not printed: standard error did not take them");
    }

    @Test
    void withoutAThreadNothingIsPrintedOrThrownUntilOneCanBeHad() {
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean shortage = new AtomicBoolean(true);
        LinePrinter printer = printer(
                printed::add,
                printing -> {
                    asked.incrementAndGet();
                    if (shortage.get()) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return daemon(printing);
                },
                Duration.ofSeconds(5));
        for (int i = 0; i < LinePrinter.MAX_LINES + 7; i++) {
            printer.println(Integer.toString(i));
        }
        assertThat(printed).isEmpty();
        assertThat(asked.get()).as("not asked for at each line").isLessThan(LinePrinter.MAX_LINES / 2);
        shortage.set(false);
        assertThat(printer.flush(LIMIT)).isTrue();
        assertThat(printed)
                .hasSize(LinePrinter.MAX_LINES + 1)
                .startsWith("0", "1", "2")
                .endsWith("emberlog: 7 lines were not printed: standard error did not take them");
    }

    @Test
    void errorsOfTheStreamEndNeitherTheThreadNorTheOrder() {
        AtomicBoolean failing = new AtomicBoolean(true);
        AtomicInteger failed = new AtomicInteger();
        LinePrinter printer = printer(line -> {
            if (failing.get()) {
                failed.incrementAndGet();
                throw new StackOverflowError();
            }
            printed.add(line);
        });
        printer.println("one");
        printer.println("two");
        await().until(() -> failed.get() > 2);
        assertThat(printer.flush(Duration.ofMillis(1))).isFalse();
        failing.set(false);
        printer.println("three");
        assertThat(printer.flush(LIMIT)).isTrue();
        assertThat(printed)
                .containsExactlyInAnyOrder( // "three" may come while the thread has begun to tell
                        "emberlog: 2 lines were not printed: standard error did not take them", "three");
        assertThat(threads).hasSize(1);
    }

    @Test
    void linesOfManyThreadsComeOutOnceEachAndInTheOrderOfEach() throws InterruptedException {
        LinePrinter printer = printer(printed::add);
        List<Thread> writers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            Thread writer = new Thread(() -> {
                for (int i = 0; i < 2_000; i++) {
                    printer.println(thread + "/" + i);
                }
            });
            writers.add(writer);
            writer.start();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(printer.flush(LIMIT)).isTrue();
        int[] next = new int[writers.size()];
        long told = 0;
        for (String line : printed) {
            if (line.startsWith("emberlog: ")) {
                told += Long.parseLong(line.split(" ")[1]);
                continue;
            }
            int thread = line.charAt(0) - '0';
            int number = Integer.parseInt(line.substring(2));
            assertThat(number).isGreaterThanOrEqualTo(next[thread]);
            next[thread] = number + 1;
            told++;
        }
        assertThat(told).isEqualTo(8_000);
    }
}

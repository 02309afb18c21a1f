package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.message.Level;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ScratchPoolTest {
    private static final int ENOUGH = 2 * ScratchPool.CALLS_TO_BIND;

    private final ScratchPool pool = new ScratchPool(64 * 1024, 1024);

    @Test
    void aThreadThatComesAgainAndAgainGetsItsOwn() {
        Scratch own = bound();
        assertThat(own.isBoundTo(Thread.currentThread())).isTrue();
        assertThat(use()).isSameAs(own);
        assertThat(pool.acquire()).isSameAs(own);
    }

    @Test
    void aThreadThatComesSeldomSharesTheStock() {
        for (int i = 1; i < ScratchPool.CALLS_TO_BIND; i++) {
            assertThat(use().isBound()).isFalse();
        }
    }

    @Test
    void aCallWithinACallTakesAnotherAndBothAreGivenBack() {
        Scratch own = bound();
        for (int i = 0; i < ENOUGH; i++) {
            Scratch outer = pool.acquire();
            outer.begin(0, null, Level.INFO, "outer");
            Scratch inner = pool.acquire();
            assertThat(outer).isSameAs(own);
            assertThat(inner).isNotSameAs(own);
            assertThat(inner.isBound()).isFalse();
            pool.release(inner);
            pool.release(outer);
        }
    }

    @Test
    void aRenderingThatLogsForEverTakesNoScratchInUse() {
        bound();
        Scratch outer = pool.acquire();
        outer.begin(0, null, Level.INFO, "outer");
        for (int i = 0; i < 3 * (ScratchPool.CALLS_TO_LET_GO + ENOUGH); i++) {
            assertThat(use()).isNotSameAs(outer);
        }
        pool.release(outer);
        assertThat(use()).isNotSameAs(outer);
    }

    @Test
    void oneWhoseRecordIsNeverEndedIsLetGoAtOnce() {
        WeakReference<Scratch> lost = new WeakReference<>(bound());
        pool.acquire();
        use();
        await().untilAsserted(() -> {
            System.gc();
            assertThat(lost.get()).isNull();
        });
    }

    @Test
    void oneThatIsNeverGivenBackIsReplaced() {
        Scratch lost = bound();
        assertThat(pool.acquire()).isSameAs(lost);
        lost.begin(0, null, Level.INFO, "lost");
        for (int i = 0; i < ScratchPool.CALLS_TO_LET_GO + ENOUGH; i++) {
            use();
        }
        Scratch own = use();
        assertThat(own).isNotSameAs(lost);
        assertThat(own.isBoundTo(Thread.currentThread())).isTrue();
    }

    @Test
    void aPlaceOfAThreadThatHasEndedGoesToTheNext() throws InterruptedException {
        Scratch first = in(new Twin(this::bound));
        Scratch second = in(new Twin(this::bound));
        assertThat(second).isNotSameAs(first);
        assertThat(second.isBound()).isTrue();
    }

    @Test
    void threadsThatSayTheSameIdNeverHaveOneScratchAtOnce() throws InterruptedException {
        List<Twin> twins = new ArrayList<>();
        Set<Scratch> held = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        CountDownLatch allHold = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            twins.add(new Twin(() -> {
                for (int call = 0; call < 10_000; call++) {
                    use();
                }
                Scratch scratch = pool.acquire();
                held.add(scratch);
                allHold.countDown();
                allHold.await();
                return scratch;
            }));
        }
        twins.forEach(Thread::start);
        for (Twin twin : twins) {
            twin.join();
        }
        assertThat(held).hasSize(4);
    }

    @Test
    void aBindingDoesNotHoldItsThread() throws InterruptedException {
        WeakReference<Thread> ended = endedThreadWithABinding();
        await().untilAsserted(() -> {
            System.gc();
            assertThat(ended.get()).isNull();
        });
    }

    private WeakReference<Thread> endedThreadWithABinding() throws InterruptedException {
        Twin twin = new Twin(this::bound);
        in(twin);
        return new WeakReference<>(twin);
    }

    private Scratch bound() {
        for (int i = 1; i < ENOUGH; i++) {
            use();
        }
        return use();
    }

    private Scratch use() {
        Scratch scratch = pool.acquire();
        pool.release(scratch);
        return scratch;
    }

    private static Scratch in(Twin twin) throws InterruptedException {
        twin.start();
        twin.join();
        return twin.result.get();
    }

    /** All of them say the same id, as the method allows up to JDK 18; so they share their places. */
    private static final class Twin extends Thread {
        private interface Work {
            Scratch run() throws InterruptedException;
        }

        final AtomicReference<Scratch> result = new AtomicReference<>();
        private final Work work;

        Twin(Work work) {
            this.work = work;
        }

        @Override
        public void run() {
            try {
                result.set(work.run());
            } catch (InterruptedException e) {
                interrupt();
            }
        }

        @Override
        @SuppressWarnings("deprecation") // on newer JDKs
        public long getId() {
            return 7;
        }
    }
}

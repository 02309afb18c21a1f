package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AppendTimesTest {
    @Test
    void aRecordIsAsOldAsTheDocumentItIsIn() {
        AppendTimes times = new AppendTimes(10);
        assertThat(times.epochNs(10)).as("still to come").isEqualTo(-1);
        times.appended(12, 100);
        times.appended(12, 150); // a document without records
        times.appended(15, 200);
        assertThat(times.epochNs(9)).as("of a time before").isEqualTo(-1);
        assertThat(times.epochNs(10)).isEqualTo(100);
        assertThat(times.epochNs(11)).isEqualTo(100);
        assertThat(times.epochNs(12)).isEqualTo(200);
        assertThat(times.epochNs(14)).isEqualTo(200);
        assertThat(times.epochNs(15)).as("still to come").isEqualTo(-1);
    }

    @Test
    void theOldestAreForgottenAndNeverToldWrong() {
        AppendTimes times = new AppendTimes(0);
        for (int i = 0; i < 3 * AppendTimes.CAPACITY; i++) {
            times.appended(i + 1, 1_000 + i);
        }
        int known = 0;
        for (int i = 0; i < 3 * AppendTimes.CAPACITY; i++) {
            assertThat(times.epochNs(i)).as("record %d", i).isIn(-1L, 1_000L + i);
            known += times.epochNs(i) < 0 ? 0 : 1;
        }
        assertThat(known).isGreaterThan(AppendTimes.CAPACITY - 4);
    }

    @Test
    void aReaderThatIsOvertakenTellsNothing() throws Exception {
        AppendTimes times = new AppendTimes(0);
        AtomicLong appended = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        Thread drain = new Thread(() -> {
            for (long i = 0; !over.get(); i++) {
                times.appended(i + 1, 1_000 + i);
                appended.setRelease(i);
            }
        });
        drain.start();
        SplittableRandom random = new SplittableRandom(1);
        for (int told = 0; told < 10_000; ) {
            long sequence = Math.max(0, appended.getAcquire() - random.nextInt(AppendTimes.CAPACITY));
            long time = times.epochNs(sequence);
            assertThat(time).as("record %d", sequence).isIn(-1L, 1_000 + sequence);
            told += time < 0 ? 0 : 1;
        }
        over.set(true);
        drain.join();
    }
}

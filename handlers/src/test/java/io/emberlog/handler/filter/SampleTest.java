package io.emberlog.handler.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {
    @Test
    void takesAboutItsShareWhateverTheRingThePositionsAndThePlacesInABatch() {
        for (long of : new long[] {2, 3, 10, 100}) {
            Sample sample = new Sample(1, of);
            long taken = 0;
            for (int ring = 0; ring < 10; ring++) {
                for (int position = 0; position < 1000; position++) {
                    for (int index = 0; index < 10; index++) {
                        taken += sample.accepts(record(ring, position * 64L, index)) ? 1 : 0;
                    }
                }
            }
            assertThat(taken).as("1/%d", of).isBetween(100_000 / of * 9 / 10, 100_000 / of * 11 / 10);
        }
        assertThat(new Sample(1, 1).accepts(record(1, 2, 3))).isTrue();
    }

    @Test
    void eachDeliveryOfARecordGivesTheSameAnswer() {
        Sample sample = Sample.parse("1/2");
        for (int position = 0; position < 1000; position++) {
            boolean first = sample.accepts(record(7, position, 0));
            assertThat(new Sample(1, 2).accepts(record(7, position, 0))).isEqualTo(first);
        }
    }

    private static LogRecord record(long ring, long position, int index) {
        LogRecord record = Records.plain(0, "x");
        io.emberlog.message.WorkerIdentity worker =
                new io.emberlog.message.WorkerIdentity(new UUID(ring, 5), "w", 1, 0, "", "", "", "", "", "");
        record.wrap(worker, position, index, position, record.entry());
        return record;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "0/5", "6/5", "1/0", "1/1000001", "-1/5", "1/100 ms", "a/b", "1/99999999"})
    void whatIsNoShareIsRefused(String text) {
        assertThatThrownBy(() -> Sample.parse(text)).hasMessageContaining("is no share; allowed: \"1/100\"");
    }

    @Test
    void readsBackAsItIsPrinted() {
        assertThat(Sample.parse(" 3 / 100 ")).hasToString("3/100").isEqualTo(new Sample(3, 100));
    }
}

package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private static final long MS = 1_000_000;

    @ParameterizedTest
    @CsvSource({
        "0, 0, 20000",
        "1, 0, 40000",
        "6, 0, 1280000",
        "1000000, 0, 1280000",
        "20, 10240000, 1280000",
        "20, 80000000, 10000000",
        "20, 400000000, 50000000",
        "20, 9000000000, 50000000",
    })
    void parksGrowWithTheirNumberAndWithWhatWasWaited(int park, long waitedNs, long parkNs) {
        assertThat(Backoff.parkNs(park, waitedNs, Long.MAX_VALUE)).isEqualTo(parkNs);
    }

    @ParameterizedTest
    @CsvSource({"20, 400, 7", "0, 0, 0"})
    void noneIsLongerThanWhatIsLeft(int park, long waitedMs, long leftMs) {
        assertThat(Backoff.parkNs(park, waitedMs * MS, leftMs * MS)).isEqualTo(leftMs * MS);
    }
}

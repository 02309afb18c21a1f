package io.emberlog.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcStatTest {

    private static final String AFTER_NAME =
            " S 3993 3993 2454 0 -1 4194304 98 0 0 0 0 0 0 0 20 0 7 0 82609 3133440 363"
                    + " 18446744073709551615 94060753457152 94060753477033 140732610344624 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0"
                    + " 94060753493040 94060753494656 94061523582976 140732610345648 140732610345668 140732610345668"
                    + " 140732610346987 9\n";

    @ParameterizedTest
    @ValueSource(strings = {"cat", "a b", "(x)", ") S 1 2 3", "a\n) Z 1", "", "\u00ff\u00fe"})
    void theNameMayHoldAnything(String name) {
        assertThat(ProcStat.parse("4045 (" + name + ")" + AFTER_NAME)).contains(new ProcStat('S', 7, 82609, 9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4045", "4045 (cat", "4045 (cat)", "4045 (cat) S 1 2", "4045 (cat) SS"})
    void whatIsNoStatLineIsEmpty(String line) {
        assertThat(ProcStat.parse(line)).isEmpty();
    }

    @Test
    void aNumberOutOfRangeIsEmpty() {
        assertThat(ProcStat.parse("1 (x)" + AFTER_NAME.replace("82609", "99999999999999999999")))
                .isEmpty();
    }

    @Test
    void randomBytesNeverThrow() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "() \n0123456789-SZX";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder line = new StringBuilder();
            random.ints(random.nextInt(120), 0, alphabet.length()).forEach(at -> line.append(alphabet.charAt(at)));
            assertThat(ProcStat.parse(line.toString())).as("seed=%d", seed).isNotNull();
        }
    }

    @Test
    void aZombieLeaderWithLiveThreadsHasNotEnded() {
        assertThat(new ProcStat('Z', 2, 1, 0).ended()).isFalse();
        assertThat(new ProcStat('Z', 1, 1, 0).ended()).isTrue();
        assertThat(new ProcStat('X', 0, 1, 0).ended()).isTrue();
        assertThat(new ProcStat('T', 1, 1, 0).ended()).isFalse();
    }
}

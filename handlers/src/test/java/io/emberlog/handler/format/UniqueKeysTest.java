package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UniqueKeysTest {
    private final Utf8Buffer out = new Utf8Buffer(16);

    @Test
    void aKeyThatComesAgainGetsTheNextNumberThatIsFree() {
        UniqueKeys keys = new UniqueKeys("taken");
        assertThat(settled(keys, "a", "b", "a", "a_3", "a", "taken", "", ""))
                .containsExactly("a", "b", "a_2", "a_3", "a_4", "taken_2", "", "_2");
        keys.clear();
        assertThat(settled(keys, "a", "a", "taken", "taken_2")).containsExactly("a", "a_2", "taken_2", "taken_2_2");
    }

    private List<String> settled(UniqueKeys keys, String... names) {
        return Arrays.stream(names).map(name -> settled(keys, name)).toList();
    }

    private String settled(UniqueKeys keys, String name) {
        out.clear();
        out.append("{\"");
        int start = out.length();
        out.append(name);
        keys.settle(out, start);
        return out.toString().substring(2);
    }

    @Test
    void noKeyComesTwiceAndWhatTheyAreDependsOnTheKeysAlone() {
        UniqueKeys old = new UniqueKeys("k1", "k2_2");
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            UniqueKeys fresh = new UniqueKeys("k1", "k2_2");
            old.clear();
            Map<String, Integer> next = new HashMap<>();
            Set<String> taken = new HashSet<>(Set.of("k1", "k2_2"));
            for (int i = random.nextInt(2_000); i > 0; i--) {
                String name = "k" + random.nextInt(50) + (random.nextBoolean() ? "_" + random.nextInt(30) : "");
                String expected = name;
                while (!taken.add(expected)) {
                    expected = name + "_" + (1 + next.merge(name, 1, Integer::sum));
                }
                assertThat(settled(fresh, name)).as("seed %d", seed).isEqualTo(expected);
                assertThat(settled(old, name)).as("seed %d", seed).isEqualTo(expected);
            }
        }
    }
}

package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.bench.front.Setting;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadTest {
    private static Load load(Setting setting, int workers) {
        return Load.of(setting, workers, Mode.DEFAULTS, Outputs.HUMAN);
    }

    private static Plan plan(boolean quick) {
        return new Plan(quick, Path.of("."));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void workersShareTheMessagesOfAPlan(boolean quick) {
        for (int workers : new int[] {1, 2, 8, 500}) {
            Load load = load(Setting.emberlog(), workers);
            assertThat(load.messages(plan(quick)) * workers)
                    .isEqualTo(plan(quick).messages());
            assertThat(load.warmUpMessages(plan(quick)) * workers)
                    .isEqualTo(plan(quick).warmUpMessages());
            assertThat(load.withShare(0.5).messages(plan(quick)))
                    .isEqualTo(plan(quick).messages() / 2 / workers);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void largeTextsAreFewer(boolean quick) {
        Plan plan = plan(quick);
        assertThat(load(Setting.emberlog().ofSize(20), 1).messages(plan)).isEqualTo(plan.messages());
        int large = load(Setting.emberlog().ofSize(100_000), 1).messages(plan);
        assertThat(large * 100_000L).isEqualTo(plan.textBytes());
        assertThat((double) load(Setting.emberlog().ofSize(100_000), 1).warmUpMessages(plan) / large)
                .isEqualTo((double) plan.warmUpMessages() / plan.messages());
    }

    @Test
    void onlyWhereItIsSaidAreSeveralWorkersOneProcess() {
        Load load = load(Setting.emberlog(), 500);
        assertThat(load.processes(plan(true))).isEqualTo(500);
        assertThat(load.inSharedProcesses().processes(plan(true))).isEqualTo(8);
        assertThat(load(Setting.emberlog(), 4).inSharedProcesses().processes(plan(true)))
                .isEqualTo(4);
        assertThat(load.inSharedProcesses().processes(plan(false))).isBetween(1, 500);
    }
}

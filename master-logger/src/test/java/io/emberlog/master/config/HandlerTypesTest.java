package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandlerTypesTest {
    @Test
    void installedHandlersAreSortedByType() {
        assertThat(HandlerTypes.of(List.of(new Named("b"), new Named("a"))))
                .extracting(HandlerType::type)
                .containsExactly("a", "b");
    }

    @Test
    void twoHandlersOfOneTypeAreRefusedByName() {
        assertThatIllegalStateException()
                .isThrownBy(() -> HandlerTypes.of(List.of(new Named("a"), new Named("a"))))
                .withMessageStartingWith("handler type=a is claimed by ")
                .withMessageEndingWith("; remove one from the class path");
    }

    private record Named(String type) implements HandlerFactory {
        @Override
        public List<SettingKey> settings() {
            return List.of();
        }

        @Override
        public Handler create(HandlerSettings settings) {
            throw new UnsupportedOperationException("never made here");
        }
    }
}

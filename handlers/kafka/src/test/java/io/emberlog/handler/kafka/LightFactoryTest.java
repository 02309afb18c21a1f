package io.emberlog.handler.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.delivery.BatchHandler;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LightFactoryTest {
    /** With nothing to be loaded there. */
    @Test
    void aFactoryAndAHandlerThatIsNotOpenNeedNoneOfTheLibraries() throws Exception {
        URL own =
                KafkaHandlerFactory.class.getProtectionDomain().getCodeSource().getLocation();
        ClassLoader without = new ClassLoader(KafkaHandlerFactory.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("io.emberlog.handler.kafka.")
                        || !name.startsWith("io.emberlog.")
                                && !name.startsWith("java.")
                                && !name.startsWith("com.google.re2j.")) {
                    throw new ClassNotFoundException(name);
                }
                return super.loadClass(name, resolve);
            }
        };
        try (URLClassLoader loader = new URLClassLoader(new URL[] {own}, without)) {
            HandlerFactory factory = (HandlerFactory) loader.loadClass(KafkaHandlerFactory.class.getName())
                    .getConstructor()
                    .newInstance();
            assertThat(factory.getClass()).isNotEqualTo(KafkaHandlerFactory.class);
            assertThat(factory.create(HandlerSettings.of("x", factory.settings(), Map.of("servers", List.of("h:1")))))
                    .isInstanceOf(BatchHandler.class);
        }
    }
}

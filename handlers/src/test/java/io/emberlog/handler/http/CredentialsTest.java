package io.emberlog.handler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialsTest {
    private static final SettingKey KEY = SettingKey.secret("api_key", "A key.");
    private static final Secret CANARY =
            Secret.of("env:CANARY").resolved(Path.of("/"), Map.of("CANARY", "canary-77d1"));

    private static Credentials of(Map<String, ?> given) {
        List<SettingKey> keys = new ArrayList<>(Credentials.KEYS);
        keys.add(KEY);
        return Credentials.of(HandlerSettings.of("x", keys, given), KEY, "X-Key", "Key ");
    }

    @Test
    void eachKindHasItsHeader() throws Exception {
        assertThat(of(Map.of()).reveal().header()).isNull();
        Credentials.Revealed basic =
                of(Map.of("user", "ada", "password", CANARY)).reveal();
        assertThat(basic.header()).isEqualTo("Authorization");
        assertThat(basic.value()).isEqualTo("Basic YWRhOmNhbmFyeS03N2Qx");
        assertThat(basic.secrets()).containsExactly("canary-77d1", "YWRhOmNhbmFyeS03N2Qx");
        assertThat(basic).hasToString("***");
        assertThat(of(Map.of("token", CANARY)).reveal().value()).isEqualTo("Bearer canary-77d1");
        Credentials.Revealed key = of(Map.of("api_key", CANARY)).reveal();
        assertThat(key.header()).isEqualTo("X-Key");
        assertThat(key.value()).isEqualTo("Key canary-77d1");
    }

    @Test
    void settingsThatAreWrongTogetherAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("user", "ada")))
                .withMessageStartingWith("user: is given without password");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("password", CANARY)))
                .withMessageStartingWith("password: is given without user");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("token", CANARY, "api_key", CANARY)))
                .withMessage("token: is given beside others; allowed: one of user and password, token, api_key");
    }

    @Test
    void anAddressIsCheckedAndOneWithAPasswordIsNotPrinted() {
        assertThat(Endpoint.resolve(Endpoint.of("url", "http://h:1/x/"), "/_bulk"))
                .hasToString("http://h:1/x/_bulk");
        assertThat(Endpoint.resolve(Endpoint.of("url", "https://h/_bulk"), "/_bulk"))
                .hasToString("https://h/_bulk");
        for (String wrong : List.of("h:1", "ftp://h", "http://", "http://h?x=1", "a b", "http:///x")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Endpoint.of("url", wrong))
                    .withMessageStartingWith("url: ")
                    .withMessageContaining("; allowed: http://HOST:PORT");
        }
        for (String secret : List.of(
                "http://ada:canary-77d1@h",
                "https://ada:canary-77d1@search_1:9200", // no name that URI takes for a host
                "ftp://ada:canary-77d1@h",
                "ada:canary-77d1@h:9200",
                "https://h:9200?api_key=canary-77d1",
                "https://h:9200/#canary-77d1",
                "h:9200?api_key=canary-77d1",
                "https://ada:canary-77d1@")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Endpoint.of("url", secret))
                    .withMessageStartingWith("url: ")
                    .withMessageContaining("; allowed: ")
                    .withMessageNotContaining("canary");
        }
    }
}

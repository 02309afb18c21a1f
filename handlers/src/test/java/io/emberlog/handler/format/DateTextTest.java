package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "yyyy-MM-dd HH:mm:ss,SSS",
                "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX",
                "HHmmssSSS",
                "'S is' S '; SS is' SS ''''",
                "EEEE, d. MMMM u h:mm a VV",
                "SSSSSS",
                "MMM ppd HH:mm:ss",
                "ss",
                "D w e"
            })
    void aDateIsWhatJavaMakesOfThePattern(String pattern) {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        for (Locale locale : new Locale[] {Locale.ENGLISH, Locale.GERMAN}) {
            DateText date = new DateText(pattern, zone, locale);
            DateTimeFormatter java = DateTimeFormatter.ofPattern(pattern, locale);
            Random random = new Random(1);
            for (int i = 0; i < 2_000; i++) {
                long ns = i % 2 == 0 ? random.nextLong() : 1_768_473_045_000_000_000L + random.nextInt(2_000_000_000);
                Utf8Buffer out = new Utf8Buffer(16);
                date.append(out, ns);
                assertThat(out.toString())
                        .isEqualTo(java.format(Instant.ofEpochSecond(0, ns).atZone(zone)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HH:mm:ss n | 'n' is not available; allowed below seconds: S to SSSSSSSSS",
                "SSSSSSSSSS | has more than 9 S in a row",
                "HH:bb | Unknown pattern letter: b",
            })
    void aPatternThatIsNoneIsRefused(String pattern, String message) {
        assertThatThrownBy(() -> new DateText(pattern, ZoneId.of("UTC"), Locale.ENGLISH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}

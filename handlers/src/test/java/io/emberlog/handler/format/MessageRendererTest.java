package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.Records;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.MessageFormatter;

class MessageRendererTest {
    @Test
    void aTemplateIsFormattedAsSlf4jDoes() {
        String[] pieces = {"{}", "\\", "{", "}", "x", "ü", "\\{}", "\\\\{}"};
        Object[] values = {null, true, false, 42L, -1L, Long.MIN_VALUE, 1.5, -0.0, 1e100, 2.5f, "text {}", ""};
        for (int seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            StringBuilder template = new StringBuilder();
            for (int i = random.nextInt(8); i > 0; i--) {
                template.append(pieces[random.nextInt(pieces.length)]);
            }
            Object[] args = new Object[random.nextInt(4)];
            for (int i = 0; i < args.length; i++) {
                args[i] = values[random.nextInt(values.length)];
            }
            assertThat(render(template.toString(), args))
                    .as("seed %d: %s", seed, template)
                    .isEqualTo(MessageFormatter.basicArrayFormat(template.toString(), args));
        }
    }

    @Test
    void aTextWithoutArgumentsIsLiteral() {
        Utf8Buffer out = new Utf8Buffer(16);
        MessageRenderer.render(Records.plain(0, "\\{} {}").entry(), Escaper.LINE, out);
        assertThat(out.toString()).isEqualTo("\\{} {}");
    }

    @Test
    void numbersLookAsJavaPrintsThem() {
        Random random = new Random(1);
        for (int i = 0; i < 500_000; i++) {
            checkDouble(random.nextInt(2_000_000_000) / 1000.0);
            checkDouble(-random.nextInt(2_000_000_000) / 1e6);
            checkDouble(Double.longBitsToDouble(random.nextLong()));
            checkDouble(random.nextDouble());
            checkDouble(random.nextInt(20_000_000) - 1e7);
            checkLong(random.nextLong() >> random.nextInt(64));
        }
        for (double edge : new double[] {0.0, -0.0, 1e-3, 9.99e-4, 1e7, 9999999.999999, Double.NaN, 2.0E-3, 1e23}) {
            checkDouble(edge);
            checkDouble(-edge);
        }
        checkLong(Long.MIN_VALUE);
        checkLong(Long.MAX_VALUE);
    }

    @Test
    void digitsHaveZerosInFront() {
        Random random = new Random(2);
        for (int i = 0; i < 200_000; i++) {
            int digits = 1 + random.nextInt(19);
            long bound = digits == 19 ? Long.MAX_VALUE : Long.parseLong("1" + "0".repeat(digits));
            long value = random.nextInt(10) == 0 ? bound - 1 : random.nextLong(bound) >> random.nextInt(64);
            number.clear();
            number.append('x');
            number.appendDigits(value, digits);
            assertThat(number.toString())
                    .isEqualTo("x" + "0".repeat(digits - Long.toString(value).length()) + value);
        }
    }

    private final Utf8Buffer number = new Utf8Buffer(32);

    private void checkDouble(double value) {
        number.clear();
        number.append(value);
        if (!number.toString().equals(Double.toString(value))) {
            assertThat(number.toString()).isEqualTo(Double.toString(value));
        }
    }

    private void checkLong(long value) {
        number.clear();
        number.append(value);
        if (!number.toString().equals(Long.toString(value))) {
            assertThat(number.toString()).isEqualTo(Long.toString(value));
        }
    }

    private static String render(String template, Object... args) {
        Utf8Buffer out = new Utf8Buffer(16);
        MessageRenderer.render(Records.template(template, args).entry(), Escaper.RAW, out);
        return out.toString();
    }
}

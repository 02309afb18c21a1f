package io.emberlog.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HsErrTest {

    static String sample(long pid) {
        return String.join(
                "\n",
                "#",
                "# A fatal error has been detected by the Java Runtime Environment:",
                "#",
                "#  SIGSEGV (0xb) at pc=0x00007f167eaf0f14, pid=" + pid + ", tid=6043",
                "#",
                "# JRE version: OpenJDK Runtime Environment (17.0.15+6) (build 17.0.15+6-Debian-1deb12u1)",
                "# Java VM: OpenJDK 64-Bit Server VM (17.0.15+6-Debian-1deb12u1, mixed mode, g1 gc, linux-amd64)",
                "# Problematic frame:",
                "# C  [libc.so.6+0x85f14]",
                "#",
                "---------------  T H R E A D  ---------------",
                "",
                "Current thread (0x00007f1678012340):  JavaThread \"main\" [_thread_in_native, id=6044, stack(0x1,0x2)]",
                "");
    }

    @Test
    void aCrashSaysSignalFrameThreadAndVersion() {
        HsErr crash = HsErr.parse(sample(42), 42).orElseThrow();

        assertThat(crash)
                .isEqualTo(new HsErr(
                        "SIGSEGV (0xb)",
                        "C [libc.so.6+0x85f14]",
                        "main",
                        "OpenJDK Runtime Environment (17.0.15+6) (build 17.0.15+6-Debian-1deb12u1)"));
    }

    @Test
    void anErrorInsideTheJvmSaysWhere() {
        String head =
                sample(42).replace("SIGSEGV (0xb) at pc=0x00007f167eaf0f14", "Internal Error (sharedRuntime.cpp:9)");

        assertThat(HsErr.parse(head, 42).orElseThrow().event()).isEqualTo("Internal Error (sharedRuntime.cpp:9)");
    }

    @Test
    void aLackOfNativeMemoryIsACrashToo() {
        String head = "#\n# There is insufficient memory for the Java Runtime Environment to continue.\n"
                + "# Native memory allocation (mmap) failed to map 16384 bytes.\n#\n"
                + "#  Out of Memory Error (os_linux.cpp:2895), pid=42, tid=43\n";

        assertThat(HsErr.parse(head, 42).orElseThrow().summary())
                .isEqualTo("crashed: Out of Memory Error (os_linux.cpp:2895)");
    }

    @Test
    void whatIsNotACrashReportOfThisProcessIsNone() {
        assertThat(HsErr.parse(sample(42), 43)).isEmpty();
        assertThat(HsErr.parse("", 42)).isEmpty();
        assertThat(HsErr.parse(sample(42).replace("# A fatal error", "# A minor error"), 42))
                .isEmpty();
    }

    @Test
    void whatAThreadIsCalledCannotBreakTheLine() {
        String evil = "\u001b[31m\r\u0085\u2028\u202eevil\u0000 \"quoted\" " + "x".repeat(200);
        String head = sample(42).replace("\"main\"", "\"" + evil + "\"").replace("17.0.15", "\u0007");

        HsErr crash = HsErr.parse(head, 42).orElseThrow();

        assertThat(crash.thread())
                .startsWith("\\u001b[31m\\u000d\\u0085\\u2028\\u202eevil\\u0000 \"quoted\" xxx")
                .hasSizeLessThanOrEqualTo(160);
        assertThat(crash.summary().chars()).noneMatch(Character::isISOControl);
    }

    @Test
    void aReportMutatedAnywhereNeverThrowsAndStaysOneBoundedLine() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder(sample(42));
            for (int i = random.nextInt(12); i >= 0; i--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(0x10000));
                    case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
                    default -> text.insert(at, text.substring(random.nextInt(at + 1), at));
                }
            }
            HsErr.parse(text.toString(), 42)
                    .ifPresent(crash -> assertThat(crash.summary())
                            .as("seed=%d", seed)
                            .hasSizeLessThan(DeathReport.MAX_TEXT)
                            .doesNotContainPattern("[\\p{Cntrl}\\u2028\\u2029\\u202a-\\u202e]"));
        }
    }

    @Test
    void everyCodePointBecomesOneHarmlessLine() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            String line = Untrusted.oneLine("a" + Character.toString(codePoint) + "b", 40);
            assertThat(line.codePoints()
                            .allMatch(shown -> shown == ' '
                                    || Character.isDefined(shown)
                                            && !Character.isISOControl(shown)
                                            && Character.getType(shown) != Character.FORMAT
                                            && Character.getType(shown) != Character.SURROGATE
                                            && Character.getType(shown) != Character.LINE_SEPARATOR
                                            && Character.getType(shown) != Character.PARAGRAPH_SEPARATOR))
                    .as("U+%04X", codePoint)
                    .isTrue();
        }
    }
}

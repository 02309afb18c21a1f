package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdNotifierTest {
    /** A peer that is no code of ours: binds the socket, says so, prints each datagram with its lines joined by '|'. */
    private static final String RECEIVER = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            name = sys.argv[1]
            s.bind('\\0' + name[1:] if name[0] == '@' else name)
            s.settimeout(20)
            print('bound', flush=True)
            for i in range(int(sys.argv[2])):
                print(s.recv(4096).decode().replace('\\n', '|'), flush=True)
            """;

    @TempDir
    Path temp;

    private static Process receiver(String name, int messages) throws IOException {
        try {
            Process process = new ProcessBuilder("python3", "-c", RECEIVER, name, Integer.toString(messages))
                    .redirectErrorStream(true)
                    .start();
            return process;
        } catch (IOException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw e;
            }
            assumeThat(false)
                    .as("python3 is missing: install it to run this test")
                    .isTrue();
            throw e;
        }
    }

    private static void tellsAll(String socket) throws Exception {
        Process peer = receiver(socket, 4);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("bound");
            SystemdNotifier notifier = SystemdNotifier.of(Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "3000000"))
                    .orElseThrow();
            assertThat(notifier.watchdogIntervalNs()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1500));
            notifier.ready("draining 3 rings");
            notifier.reloading();
            notifier.watchdog();
            notifier.stopping();
            assertThat(lines.readLine())
                    .isEqualTo("READY=1|STATUS=draining 3 rings|MAINPID="
                            + ProcessHandle.current().pid());
            assertThat(lines.readLine()).matches("RELOADING=1\\|MONOTONIC_USEC=\\d+");
            assertThat(lines.readLine()).isEqualTo("WATCHDOG=1");
            assertThat(lines.readLine()).isEqualTo("STOPPING=1|STATUS=draining");
        } finally {
            peer.destroyForcibly();
        }
    }

    @Test
    void tellsSystemdThroughASocketInTheFileSystem() throws Exception {
        tellsAll(temp.resolve("notify").toString());
    }

    @Test
    void tellsSystemdThroughAnAbstractSocket() throws Exception {
        tellsAll("@emberlog-test-" + ProcessHandle.current().pid());
    }

    @Test
    void isSilentWithoutSystemd() {
        assertThat(SystemdNotifier.of(Map.of())).isEmpty();
        assertThat(SystemdNotifier.of(Map.of("NOTIFY_SOCKET", "relative"))).isEmpty();
    }

    @Test
    void aSocketThatIsGoneDisturbsNobody() {
        SystemdNotifier.of(Map.of("NOTIFY_SOCKET", temp.resolve("nobody").toString()))
                .orElseThrow()
                .ready("x");
    }

    @Test
    void theWatchdogOfAnotherProcessIsNotOurs() {
        Map<String, String> other = Map.of("NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "1");
        assertThat(SystemdNotifier.of(other).orElseThrow().watchdogIntervalNs()).isZero();
    }
}

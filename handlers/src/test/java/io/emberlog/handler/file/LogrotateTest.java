package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.lab.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real logrotate, in the ways that docs/handlers/file.md has. */
class LogrotateTest {
    private static final List<LogRecord> RECORDS = IntStream.range(0, 90)
            .mapToObj(i -> Records.plain(i, "record " + i + "."))
            .toList();

    @TempDir
    Path directory;

    private Path logrotate;

    @BeforeEach
    void find() throws IOException {
        logrotate = Peer.program("logrotate", "logrotate");
        // it refuses to work where others than root may write
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path log() {
        return directory.resolve("app.log");
    }

    private FileHandler handler() {
        Map<String, Object> given =
                Map.of("path", log().toString(), "max_size", "0", "rotate", "never", "keep_files", 0L);
        return new FileHandler(
                FileSettings.of(HandlerSettings.of("test", FileSettings.KEYS, given)),
                new DiskFileOps(),
                InlineBackground::new);
    }

    private void logrotate(String... directives) throws IOException {
        String user = Files.getOwner(directory).getName();
        List<String> lines = new ArrayList<>(List.of(log() + " {", "rotate 10", "nodateext"));
        lines.addAll(List.of(directives));
        if (user.equals("root")) {
            lines.add("su root root");
        }
        lines.add("}");
        Path config = Files.write(directory.resolve("logrotate.conf"), lines);
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r--r--"));
        Process process = new ProcessBuilder(
                        logrotate.toString(),
                        "--force",
                        "--state",
                        directory.resolve("state").toString(),
                        config.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        try {
            assertThat(process.waitFor()).as(said).isZero();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Its .1 is the newest. */
    private List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 10; i >= 1; i--) {
            Path rotated = directory.resolve("app.log." + i);
            Path compressed = directory.resolve("app.log." + i + ".gz");
            if (Files.exists(rotated)) {
                lines.addAll(Files.readAllLines(rotated));
            } else if (Files.exists(compressed)) {
                try (var in = new java.util.zip.GZIPInputStream(Files.newInputStream(compressed))) {
                    lines.addAll(new String(in.readAllBytes()).lines().toList());
                }
            }
        }
        lines.addAll(Files.readAllLines(log()));
        return lines;
    }

    private void assertEachOnceInOrder() throws IOException {
        List<String> lines = lines();
        assertThat(lines).hasSize(RECORDS.size());
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).endsWith("record " + i + ".");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withCreateEachLineIsThereOnceWhetherBySignalOrByLooking(boolean signal) throws IOException {
        FileHandler handler = handler();
        ModelCaller caller = new ModelCaller(17, 7) {
            @Override
            protected void between(int taken) throws IOException {
                if (taken % 30 == 11) {
                    logrotate("create", "compress", "delaycompress");
                    if (signal) {
                        handler.reopen(); // what a SIGHUP comes to
                    } else {
                        advance(1_000_000_000L);
                    }
                }
            }
        };
        caller.run(handler, RECORDS);
        assertEachOnceInOrder();
        assertThat(directory.resolve("app.log.3.gz")).exists();
        assertThat(caller.reports()).hasSize(3).allMatch(report -> report.contains("was replaced by another file"));
    }

    @Test
    void withNoCreateTheHandlerMakesTheNewFile() throws IOException {
        FileHandler handler = handler();
        ModelCaller caller = new ModelCaller(17, 7) {
            @Override
            protected void between(int taken) throws IOException {
                if (taken == 40) {
                    logrotate("nocreate");
                    handler.reopen();
                }
            }
        };
        caller.run(handler, RECORDS);
        assertEachOnceInOrder();
        assertThat(caller.reports()).singleElement().asString().contains("was removed or renamed");
    }

    /** Nothing is written between its copy and its cut here; what would be is lost, and nobody promises otherwise. */
    @Test
    void copytruncateIsToleratedAndTold() throws IOException {
        ModelCaller caller = new ModelCaller(17, 7) {
            @Override
            protected void between(int taken) throws IOException {
                if (taken % 30 == 11) {
                    logrotate("copytruncate");
                }
            }
        };
        caller.run(handler(), RECORDS);
        assertEachOnceInOrder();
        assertThat(Files.readString(log())).doesNotContain("\0");
        assertThat(caller.reports()).hasSize(3).allMatch(report -> report.contains("by somebody else"));
    }

    @Test
    void copytruncateBetweenACrashAndTheNextStartIsToleratedToo() throws IOException {
        ModelCaller caller = new ModelCaller(17, 7);
        caller.run(handler(), RECORDS.subList(0, 50));
        logrotate("copytruncate");
        caller.run(handler(), RECORDS);
        assertEachOnceInOrder();
    }
}

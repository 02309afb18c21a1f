package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process, a real disk, {@code SIGKILL}; the oracle is the list of records, known to both processes. */
class FileHandlerKillTest {
    private static final int KILLS = 10;
    /** More than are open at once. */
    private static final int WORKERS = 5;

    private static final int RECORDS_PER_LIFE = 30_000;

    @TempDir
    Path directory;

    @Test
    void everyLineIsThereOnceAfterTenKills() throws Exception {
        int total = killTenTimes("kill.log");
        assertThat(lines("kill.log")).isEqualTo(expected(total));
    }

    @Test
    void everyLineIsInItsFileOnceAfterTenKills() throws Exception {
        int total = killTenTimes("{worker}/kill.log");
        for (int worker = 0; worker < WORKERS; worker++) {
            assertThat(lines("w" + worker + "/kill.log")).isEqualTo(expected(total, worker));
        }
    }

    /** @return records that were to be written */
    private int killTenTimes(String path) throws Exception {
        Random random = new Random(20260115);
        int total = RECORDS_PER_LIFE;
        for (int kill = 0; kill < KILLS; kill++) {
            Process child = start(path, total);
            long enough = bytesThere() + 20_000 + random.nextInt(1_500_000);
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> bytesThere() >= enough || !child.isAlive());
            if (!child.isAlive()) {
                // this life was done before its kill came: give the next one more to do
                assertThat(child.exitValue()).as(log(child)).isZero();
                total += RECORDS_PER_LIFE;
            }
            child.destroyForcibly().waitFor();
        }
        Process last = start(path, total);
        assertThat(last.waitFor()).as(log(last)).isZero();
        return total;
    }

    private Process start(String path, int records) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FileHandlerKillTest.class.getName(),
                        directory.toString(),
                        path,
                        Integer.toString(records))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("child.out").toFile())
                .start();
    }

    private String log(Process child) throws IOException {
        return child + ": " + Files.readString(directory.resolve("child.out"));
    }

    private long bytesThere() throws IOException {
        long bytes = 0;
        for (Path file : logFiles()) {
            try {
                bytes += Files.size(file);
            } catch (IOException e) {
                // renamed since it was listed; it is counted at the next look
            }
        }
        return bytes;
    }

    private List<Path> logFiles() throws IOException {
        List<Path> logs = new ArrayList<>();
        addLogs(directory, logs);
        for (int worker = 0; worker < WORKERS; worker++) {
            addLogs(directory.resolve("w" + worker), logs);
        }
        logs.sort((a, b) -> Long.compare(order(a), order(b)));
        return logs;
    }

    private static void addLogs(Path in, List<Path> logs) throws IOException {
        if (Files.isDirectory(in)) {
            try (var files = Files.list(in)) {
                files.filter(file -> file.getFileName().toString().startsWith("kill.log"))
                        .forEach(logs::add);
            }
        }
    }

    private static long order(Path file) {
        String suffix = file.getFileName().toString().substring("kill.log".length());
        return suffix.isEmpty() ? Long.MAX_VALUE : Long.parseLong(suffix.substring(1));
    }

    private List<String> lines(String log) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : logFiles()) {
            if (file.startsWith(directory.resolve(log).getParent())) {
                Files.readAllLines(file).forEach(line -> lines.add(line.substring(line.indexOf(" - ") + 3)));
            }
        }
        return lines;
    }

    private static List<String> expected(int total) {
        return IntStream.range(0, total).mapToObj(FileHandlerKillTest::text).toList();
    }

    private static List<String> expected(int total, int worker) {
        return IntStream.range(0, total)
                .filter(number -> worker(number) == worker)
                .mapToObj(FileHandlerKillTest::text)
                .toList();
    }

    /** In runs: each change of files closes one of them, with a force. */
    private static int worker(int number) {
        return number / 200 % WORKERS;
    }

    private static String text(int number) {
        return "record " + number + " " + "y".repeat(new Random(number).nextInt(60));
    }

    /** The child: takes all records from where the stored position says. */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        List<LogRecord> records = IntStream.range(0, Integer.parseInt(args[2]))
                .mapToObj(number -> Records.of("w" + worker(number), "com.acme.Orders", 9, number, text(number)))
                .toList();
        HandlerSettings settings = HandlerSettings.of(
                "kill",
                new FileHandlerFactory().settings(),
                Map.of(
                        "path",
                        directory.resolve(args[1]),
                        "time_zone",
                        "utc",
                        "buffer",
                        "4 KiB",
                        "max_size",
                        "400 kB",
                        "max_open_files",
                        3L,
                        "keep_files",
                        0L));
        new DiskCaller(directory.resolve("state")).run(new FileHandlerFactory().create(settings), records);
    }

    /** Stores state and position in one file by temp, force, rename, force of the directory. */
    private static final class DiskCaller extends ModelCaller {
        private final Path file;

        DiskCaller(Path file) throws IOException {
            super(700, 90);
            this.file = file;
            if (Files.exists(file)) {
                ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(file));
                int position = stored.getInt();
                byte[] state = new byte[stored.remaining()];
                stored.get(state);
                restore(state, position);
            }
        }

        @Override
        protected void store(byte[] state, int position) throws IOException {
            Path temp = file.resolveSibling("state.tmp");
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + state.length);
            bytes.putInt(position).put(state).flip();
            try (FileChannel channel = FileChannel.open(
                    temp, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                channel.write(bytes);
                channel.force(true);
            }
            Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE);
            new DiskFileOps().forceDirectory(file.getParent());
        }
    }
}

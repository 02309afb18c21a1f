package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process, a real disk, {@code SIGKILL}; the oracle is the list of records, known to both processes. */
class FileHandlerKillTest {
    private static final int KILLS = 10;
    /** More than are open at once. */
    private static final int WORKERS = 5;

    private static final int RECORDS_PER_LIFE = 30_000;
    /** Of two seconds' records, before it was compressed. */
    private static final long ABOUT_A_FILE = 200_000;

    private static final Pattern NAME =
            Pattern.compile("kill\\.log(?:\\.(\\d+-\\d\\d-\\d\\d(?:T\\d\\d)?))?(?:\\.(\\d+))?(?:\\.gz)?");

    @TempDir
    Path directory;

    @Test
    void everyLineIsThereOnceAfterTenKills() throws Exception {
        int total = killTenTimes("kill.log");
        assertThat(lines("kill.log")).isEqualTo(expected(total));
    }

    /** By size and by time, to dated names, compressed as soon as may be. */
    @Test
    void everyLineIsThereOnceAfterTenKillsWhileFilesAreRotatedAndCompressed() throws Exception {
        int total = killTenTimes("kill.log", "compress", "gzip", "rotated_name", "kill.log.{date}", "rotate", "2 s");
        List<Path> files = logFiles();
        assertThat(files)
                .filteredOn(file -> !file.endsWith("kill.log"))
                .hasSizeGreaterThan(5)
                .allMatch(file -> file.toString().endsWith(".gz"));
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
    private int killTenTimes(String path, String... settings) throws Exception {
        Random random = new Random(20260115);
        int total = RECORDS_PER_LIFE;
        for (int kill = 0; kill < KILLS; kill++) {
            Process child = start(path, total, settings);
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
        Process last = start(path, total, settings);
        assertThat(last.waitFor()).as(log(last)).isZero();
        return total;
    }

    private Process start(String path, int records, String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                FileHandlerKillTest.class.getName(),
                directory.toString(),
                path,
                Integer.toString(records)));
        command.addAll(List.of(settings));
        return new ProcessBuilder(command)
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
                bytes += file.toString().endsWith(".gz") ? ABOUT_A_FILE : Files.size(file);
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
        logs.sort(Comparator.comparing(FileHandlerKillTest::order));
        return logs;
    }

    private static void addLogs(Path in, List<Path> logs) throws IOException {
        if (Files.isDirectory(in)) {
            try (var files = Files.list(in)) {
                files.filter(file -> file.getFileName().toString().startsWith("kill.log"))
                        .filter(file -> !file.toString().endsWith(".tmp"))
                        .forEach(logs::add);
            }
        }
    }

    /** By the hour, if there is one, and then by the number. */
    private static String order(Path file) {
        Matcher matcher = NAME.matcher(file.getFileName().toString());
        assertThat(matcher.matches()).as(file.toString()).isTrue();
        if (matcher.group().equals("kill.log")) {
            return "~";
        }
        String hour = matcher.group(1) == null ? "" : matcher.group(1);
        return String.format("%14s%09d", hour, matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
    }

    private List<String> lines(String log) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : logFiles()) {
            if (file.startsWith(directory.resolve(log).getParent())) {
                boolean compressed = file.toString().endsWith(".gz");
                try (InputStream in = Files.newInputStream(file);
                        InputStream expanded = compressed ? new GZIPInputStream(in) : in) {
                    new String(expanded.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .forEach(line -> lines.add(line.substring(line.indexOf(" - ") + 3)));
                }
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
        Map<String, Object> given = new HashMap<>(Map.of(
                "path",
                directory.resolve(args[1]),
                "time_zone",
                "utc",
                "buffer",
                "4 KiB",
                "max_size",
                "400 kB",
                "keep_files",
                0L));
        if (args[1].contains("{")) {
            given.put("max_open_files", 3L);
        }
        for (int i = 3; i < args.length; i += 2) {
            given.put(args[i], args[i + 1]);
        }
        HandlerSettings settings = HandlerSettings.of("kill", new FileHandlerFactory().settings(), given);
        Handler handler = new FileHandlerFactory().create(settings);
        DiskCaller caller = new DiskCaller(directory.resolve("state"));
        caller.run(handler, records);
        if (given.containsKey("compress")) {
            awaitTidy(handler, caller, directory);
        }
    }

    /** A start that only tidies up. */
    private static void awaitTidy(Handler handler, DiskCaller caller, Path directory) throws IOException {
        caller.isAskedForNothing = true;
        handler.open(caller);
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            handler.tick(caller.nanoTime());
            try (var files = Files.list(directory)) {
                return files.map(file -> file.getFileName().toString())
                        .filter(name -> name.startsWith("kill.log."))
                        .allMatch(name -> name.endsWith(".gz"));
            }
        });
        handler.close();
    }

    /** Stores state and position in one file by temp, force, rename, force of the directory. */
    private static final class DiskCaller extends ModelCaller {
        private final Path file;
        private boolean isAskedForNothing;

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

        /** Long after all records. */
        @Override
        public long epochNs() {
            return Records.TIME_NS + TimeUnit.DAYS.toNanos(1) + nanoTime();
        }

        @Override
        public void requestCheckpoint() throws IOException {
            if (!isAskedForNothing) {
                super.requestCheckpoint();
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

package io.emberlog.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.file.FileCompression;
import io.emberlog.handler.file.FileHandlerFactory;
import io.emberlog.lab.Peer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CompressionTest {
    /** What reads it that is not ours. */
    private static final Map<FileCompression, String> PROGRAMS =
            Map.of(new ZstdCompression(), "zstd", new Lz4Compression(), "lz4");

    @TempDir
    Path directory;

    static Stream<FileCompression> all() {
        return PROGRAMS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatIsCompressedIsReadByTheProgramOfThatNameAndByItself(FileCompression compression) throws Exception {
        String program = PROGRAMS.get(compression);
        Peer.program(program, program);
        byte[] text = new byte[700_000];
        new Random(1).nextBytes(text);
        Arrays.fill(text, 1000, 600_000, (byte) 'x');
        Path file = Files.write(directory.resolve("app.log.1" + compression.ending()), compressed(compression, text));
        Process expanding = new ProcessBuilder(program, "-dc", file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(expanding.getInputStream().readAllBytes()).isEqualTo(text);
        assertThat(expanding.waitFor()).isZero();
        try (InputStream in = compression.expand(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            assertThat(in.readAllBytes()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatIsCutOrAlteredIsRefused(FileCompression compression) throws IOException {
        byte[] text = new byte[100_000];
        new Random(2).nextBytes(text);
        byte[] whole = compressed(compression, text);
        byte[] cut = Arrays.copyOf(whole, whole.length / 2);
        byte[] altered = whole.clone();
        altered[whole.length / 2] ^= 1;
        for (byte[] broken : List.of(cut, altered)) {
            assertThatThrownBy(() -> {
                        try (InputStream in = compression.expand(new ByteArrayInputStream(broken))) {
                            in.readAllBytes();
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theFileHandlerCompressesItsRotatedFilesAndNoLineIsMissing(FileCompression compression) throws Exception {
        Path log = directory.resolve("app.log");
        List<LogRecord> records = IntStream.range(0, 200)
                .mapToObj(i -> Records.plain(i, "record " + i))
                .toList();
        FileHandlerFactory factory = new FileHandlerFactory();
        Map<String, Object> settings = new HashMap<>(
                Map.of("path", log.toString(), "max_size", 4000L, "keep_files", 0L, "compress", compression.name()));
        Handler handler = factory.create(HandlerSettings.of("test", factory.settings(), settings));
        ModelCaller caller = new ModelCaller(10, 3);
        caller.run(handler, records);
        ModelCaller quiet = new ModelCaller(10, 3) {
            @Override
            public void requestCheckpoint() {}

            @Override
            public byte[] state() {
                return caller.state();
            }
        };
        handler.open(quiet);
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> names().stream()
                            .allMatch(name -> name.equals("app.log") || name.endsWith(compression.ending())));
        } finally {
            handler.close();
        }
        assertThat(caller.reports()).isEmpty();
        List<String> lines = new ArrayList<>();
        for (int i = 1; Files.exists(directory.resolve("app.log." + i + compression.ending())); i++) {
            Path file = directory.resolve("app.log." + i + compression.ending());
            try (InputStream in = compression.expand(new ByteArrayInputStream(Files.readAllBytes(file)))) {
                new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                        .lines()
                        .forEach(lines::add);
            }
        }
        assertThat(lines.size()).isGreaterThan(100);
        lines.addAll(Files.readAllLines(log));
        assertThat(lines).hasSize(200);
        for (int i = 0; i < 200; i++) {
            assertThat(lines.get(i)).endsWith("record " + i);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static byte[] compressed(FileCompression compression, byte[] text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compression.compress(bytes)) {
            out.write(text);
        }
        return bytes.toByteArray();
    }
}

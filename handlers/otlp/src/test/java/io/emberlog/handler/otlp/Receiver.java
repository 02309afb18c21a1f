package io.emberlog.handler.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.rpc.ErrorDetailsProto;
import com.google.rpc.StatusProto;
import io.emberlog.handler.http.StrictJson;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceProto;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * {@code otlp-receiver.py} in a process of its own: Python's gRPC and protobuf, and of ours nothing but the descriptors of the
 * protocol's messages.
 */
final class Receiver implements AutoCloseable {
    private static final String NEEDS =
            "python3 with grpc and google.protobuf (apt install python3-grpcio python3-protobuf)";
    private static final long LIMIT_S = 60;

    private final Process process;
    private final BlockingQueue<Map<String, Object>> lines = new LinkedBlockingQueue<>();
    private final List<Map<String, Object>> requests = new ArrayList<>();
    private final Map<String, Object> ports;

    Receiver(Path directory, String... keyAndCertificate) throws IOException {
        String python = python();
        Path script = directory.resolve("otlp-receiver.py");
        try (InputStream source = Receiver.class.getResourceAsStream("/otlp-receiver.py")) {
            Files.write(script, source.readAllBytes());
        }
        Path descriptors =
                Files.write(directory.resolve("descriptors"), descriptors().toByteArray());
        List<String> command = new ArrayList<>(List.of(python, script.toString(), descriptors.toString()));
        command.addAll(List.of(keyAndCertificate));
        process = new ProcessBuilder(command)
                .redirectError(directory.resolve("receiver.stderr").toFile())
                .start();
        Thread reader = new Thread(this::read, "receiver");
        reader.setDaemon(true);
        reader.start();
        ports = next("ports; " + directory.resolve("receiver.stderr"));
    }

    /** Debian's, which its packages are for, before another that PATH may have. */
    private static String python() throws IOException {
        for (String python : List.of("/usr/bin/python3", "python3")) {
            if (hasPackages(python)) {
                return python;
            }
        }
        if ("true".equals(System.getenv("CI"))) {
            Assertions.fail("this machine lacks " + NEEDS);
        }
        Assumptions.assumeTrue(false, "skipped: this machine lacks " + NEEDS);
        throw new IllegalStateException("the assumption does not come back");
    }

    private static boolean hasPackages(String python) {
        try {
            return new ProcessBuilder(python, "-c", "import grpc, google.protobuf")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) { // no such program
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FileDescriptorSet descriptors() {
        Set<FileDescriptor> files = new LinkedHashSet<>();
        for (FileDescriptor file : List.of(
                LogsServiceProto.getDescriptor(), StatusProto.getDescriptor(), ErrorDetailsProto.getDescriptor())) {
            add(file, files);
        }
        FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
        files.forEach(file -> set.addFile(file.toProto()));
        return set.build();
    }

    /** What a file needs stands in front of it. */
    private static void add(FileDescriptor file, Set<FileDescriptor> files) {
        file.getDependencies().forEach(needed -> add(needed, files));
        files.add(file);
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(StrictJson.object(StrictJson.parse(line.getBytes(StandardCharsets.UTF_8))));
            }
        } catch (IOException e) {
            // closed at the end of the test
        }
    }

    private Map<String, Object> next(String what) {
        try {
            Map<String, Object> line = lines.poll(LIMIT_S, TimeUnit.SECONDS);
            assertThat(line).as(what).isNotNull();
            return line;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    String url(boolean isGrpc) {
        return "http://127.0.0.1:" + ports.get(isGrpc ? "grpc" : "http");
    }

    /** How the next requests are answered, each a JSON object of the script's. */
    void script(String... answers) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(("[" + String.join(",", answers) + "]\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
        Map<String, Object> line = next("the script's echo");
        while (!line.containsKey("scripted")) {
            requests.add(line);
            line = next("the script's echo");
        }
    }

    /** For the next test: as if it had just been started. */
    void forget() throws IOException {
        script("\"forget\"");
        requests.clear();
    }

    /** What it took so far: everything that it answered before was printed before. */
    List<Map<String, Object>> requests() {
        for (Map<String, Object> line = lines.poll(); line != null; line = lines.poll()) {
            requests.add(line);
        }
        return requests;
    }

    /** The records of all requests, in their order, each with {@code resource} and {@code scope}. */
    List<Map<String, Object>> records() throws IOException {
        script(); // its echo comes behind all that was printed
        List<Map<String, Object>> records = new ArrayList<>();
        for (Map<String, Object> request : requests()) {
            for (Object resource : list(StrictJson.object(request.get("request")), "resourceLogs")) {
                for (Object scope : list(StrictJson.object(resource), "scopeLogs")) {
                    for (Object record : list(StrictJson.object(scope), "logRecords")) {
                        Map<String, Object> whole = new java.util.LinkedHashMap<>(StrictJson.object(record));
                        whole.put("resource", StrictJson.object(resource).get("resource"));
                        whole.put("scope", StrictJson.object(scope).get("scope"));
                        records.add(whole);
                    }
                }
            }
        }
        return records;
    }

    private static List<?> list(Map<String, Object> object, String name) {
        return object.get(name) == null ? List.of() : StrictJson.list(object.get(name));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

package io.emberlog.bench;

import io.emberlog.bench.front.Library;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A {@link LineReceiver} as the measuring JVM sees it. */
record ReceiverProcess(Process process, String target, Path output) implements Collector {
    static ReceiverProcess start(Workplace place) throws IOException {
        Path output = place.disk().resolve("output.log");
        List<String> command = new ArrayList<>(Jvm.workerCommand(Library.LOG4J2_SOCKET, LineReceiver.class));
        command.add(output.toString());
        Process process = place.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String port = said.readLine();
        if (port == null) {
            throw new IOException("the receiver ended; standard error says why");
        }
        return new ReceiverProcess(process, port, output);
    }

    @Override
    public Duration cpu() {
        return Jvm.cpu(process);
    }

    @Override
    public void checkAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the receiver ended with " + process.exitValue() + "; standard error says why");
        }
    }

    @Override
    public void stop() throws InterruptedException {
        process.destroyForcibly().waitFor(); // the last line of each worker is in the file
    }
}

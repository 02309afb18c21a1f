package io.emberlog.heartbeat;

import static org.awaitility.Awaitility.await;

import io.emberlog.message.WorkerIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A {@link TestWorker} in a process of its own, seen as the master sees a ring. Ends with the test at the latest. */
final class Child implements WatchedWorker, AutoCloseable {

    final Process process;
    private final BufferedReader answers;
    private final WorkerIdentity identity;
    private final MappedByteBuffer word;
    private final FileChannel lockChannel;
    int lockProbes;

    private Child(Process process, BufferedReader answers, WorkerIdentity identity, Path directory) throws IOException {
        this.process = process;
        this.answers = answers;
        this.identity = identity;
        try (FileChannel channel = FileChannel.open(directory.resolve("worker.word"), StandardOpenOption.READ)) {
            word = channel.map(FileChannel.MapMode.READ_ONLY, 0, 8);
        }
        lockChannel = FileChannel.open(directory.resolve("worker.lock"), StandardOpenOption.WRITE);
    }

    static Child start(Path directory, String... jvmArguments) throws IOException {
        return startUnder(List.of(), directory, jvmArguments);
    }

    /** @param wrapper command that runs the JVM, for example {@code unshare --pid --fork} */
    static Child startUnder(List<String> wrapper, Path directory, String... jvmArguments) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        command.addAll(List.of(jvmArguments));
        command.addAll(List.of("-cp", classPath(), TestWorker.class.getName(), directory.toString()));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(directory.resolve("stderr").toFile())
                .start();
        BufferedReader answers =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String ready = answers.readLine();
        if (ready == null) {
            throw new IOException("child ended before it was ready: " + command);
        }
        String[] facts = ready.split(" ");
        WorkerIdentity identity = Identities.of(Long.parseLong(facts[0]), Long.parseLong(facts[1]), facts[2]);
        return new Child(process, answers, identity, directory);
    }

    private static String classPath() {
        return Identities.codeOf(TestWorker.class) + ":" + Identities.codeOf(ProcStat.class);
    }

    void say(String command) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8)
                .append(command)
                .append('\n')
                .flush();
    }

    String answer() throws IOException {
        return answers.readLine();
    }

    /** The JVM's pid as this process sees it, also under a wrapper. */
    long visiblePid() {
        return process.descendants()
                .reduce((first, last) -> last)
                .map(ProcessHandle::pid)
                .orElse(process.pid());
    }

    void signal(String name) throws Exception {
        signal(name, visiblePid());
    }

    static void signal(String name, long pid) throws Exception {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start().waitFor();
    }

    void stop() throws Exception {
        signal("STOP");
        long pid = visiblePid();
        await().until(() -> ProcStat.read(pid).orElseThrow().state() == 'T');
    }

    void kill() throws Exception {
        signal("KILL");
        process.waitFor();
    }

    @Override
    public WorkerIdentity identity() {
        return identity;
    }

    @Override
    public long heartbeatWord() {
        return word.getLong(0);
    }

    @Override
    public LockProbe probeLock() {
        lockProbes++;
        try (FileLock lock = lockChannel.tryLock()) {
            return lock == null ? LockProbe.HELD : LockProbe.FREE;
        } catch (IOException e) {
            return LockProbe.UNKNOWN;
        }
    }

    @Override
    public boolean ownJvm() {
        return false;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            lockChannel.close();
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

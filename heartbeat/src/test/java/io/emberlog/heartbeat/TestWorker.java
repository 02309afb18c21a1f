package io.emberlog.heartbeat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A worker reduced to its liveness: holds a lock, moves a word in a mapped file, does what standard input says. */
final class TestWorker {

    private TestWorker() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        Path lockFile = directory.resolve("worker.lock");
        FileChannel lockChannel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lockChannel.lock();
        Path wordFile = directory.resolve("worker.word");
        Files.write(wordFile, new byte[8]);
        MappedByteBuffer word;
        try (FileChannel channel = FileChannel.open(wordFile, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            word = channel.map(FileChannel.MapMode.READ_WRITE, 0, 8);
        }
        Thread beat = new Thread(() -> {
            for (long count = 1; lock.channel() != null; count++) {
                word.putLong(0, count);
                LockSupport.parkNanos(20_000_000);
            }
        });
        beat.setDaemon(true);
        beat.start();
        String stat = Files.readString(Path.of("/proc/self/stat"));
        System.out.println(ProcessHandle.current().pid() + " "
                + ProcStat.parse(stat).orElseThrow().startTimeTicks() + " "
                + Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
        obey(lockFile);
    }

    private static void obey(Path lockFile) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<ByteBuffer> eaten = new ArrayList<>();
        for (String command = in.readLine(); command != null; command = in.readLine()) {
            switch (command) {
                case "read-own-directory" -> {
                    FileChannel.open(lockFile, StandardOpenOption.READ).close(); // drops the POSIX lock
                    System.out.println("done");
                }
                case "eat-memory" -> {
                    while (eaten.size() < 4096) {
                        ByteBuffer bite = ByteBuffer.allocateDirect(1 << 20); // zeroed, so every page is touched
                        eaten.add(bite);
                    }
                }
                default -> Runtime.getRuntime().halt(Integer.parseInt(command));
            }
        }
    }
}

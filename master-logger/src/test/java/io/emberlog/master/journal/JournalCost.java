package io.emberlog.master.journal;

import java.nio.file.Files;
import java.nio.file.Path;

/** What an append, a read and an open cost; run by hand: {@code JournalCost DIRECTORY [DOCUMENTS [BYTES]]}. */
final class JournalCost {
    private JournalCost() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int documents = args.length > 1 ? Integer.parseInt(args[1]) : 30_000;
        int recordLength = args.length > 2 ? Integer.parseInt(args[2]) : (64 << 10) - 200;
        for (int round = 0; round < 3; round++) {
            measure(Files.createTempDirectory(directory, "cost"), documents, recordLength);
        }
    }

    private static void measure(Path directory, int documents, int recordLength) throws Exception {
        JournalConfig config = JournalConfig.in(directory);
        TestDocuments source = new TestDocuments();
        int length = source.one(1, recordLength);
        long opened = System.nanoTime();
        Journal journal = Journal.open(config, JournalListener.NONE);
        long openNs = System.nanoTime() - opened;
        long start = System.nanoTime();
        for (int i = 0; i < documents; i++) {
            journal.append(source.array(), length);
        }
        long appendNs = System.nanoTime() - start;
        journal.close();
        opened = System.nanoTime();
        journal = Journal.open(config, JournalListener.NONE);
        long reopenNs = System.nanoTime() - opened;
        start = System.nanoTime();
        JournalRecovery.recover(journal);
        long recoverNs = System.nanoTime() - start;
        System.out.printf(
                "documents=%d length=%d: %.0f docs/s, %.2f GB/s; open %.0f ms, reopen %.0f ms, read all %.2f GB/s%n",
                documents,
                length,
                documents * 1e9 / appendNs,
                (double) documents * length / appendNs,
                openNs / 1e6,
                reopenNs / 1e6,
                (double) documents * length / recoverNs);
        journal.close();
        try (var files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}

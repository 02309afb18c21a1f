package io.emberlog.samples.relog;

import io.emberlog.message.Level;
import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.judge.Acknowledgements;
import io.emberlog.samples.judge.Acknowledgements.Account;
import io.emberlog.worker.LogEntry;
import io.emberlog.worker.WorkerLogger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Logs the lines of files, in order, each under the file's name and the line's number (from 1); a line that was not
 * taken is logged again until it is. Begins where the acknowledgements of its earlier lives end.
 *
 * <pre>
 *   RelogWorker NAME CHANNEL ACKNOWLEDGEMENT_DIRECTORY LIFE PAUSE_NS FILE...
 * </pre>
 *
 * The acknowledgement file of life n is {@code NAME.n.acks}; its entries' sequence numbers count the lines of all files
 * from 0. Lines are logged literally; one that is not UTF-8 as bytes.
 */
public final class RelogWorker {
    static final String SOURCE = "source";
    static final String LINE = "line";

    private RelogWorker() {}

    public static void main(String... arguments) throws IOException {
        String name = arguments[0];
        Path acks = Path.of(arguments[2]);
        int life = Integer.parseInt(arguments[3]);
        long pauseNs = Long.parseLong(arguments[4]);
        List<Path> files = Arrays.stream(arguments).skip(5).map(Path::of).toList();

        long next = nextLine(acks, name, life);
        Account account = Acknowledgements.create(
                        accountOf(acks, name, life), name + "." + life, 1, linesIn(files) - next, next)
                .account(0);
        try (WorkerLogger log = WorkerLogger.builder()
                .name(name)
                .directory(Path.of(arguments[1]))
                .open()) {
            long index = 0;
            for (Path file : files) {
                String source = file.getFileName().toString();
                long number = 0;
                for (byte[] line : Lines.of(file)) {
                    number++;
                    if (index >= next) {
                        relog(log, account, index, source, number, line, pauseNs);
                    }
                    index++;
                }
            }
            account.ended();
        }
    }

    private static void relog(
            WorkerLogger log, Account account, long index, String source, long number, byte[] line, long pauseNs) {
        String text = Lines.text(line);
        account.issue();
        while (!log(log, source, number, line, text)) {
            LockSupport.parkNanos(1_000_000); // counted as dropped; the line is logged again
        }
        String known = text == null ? new String(line, StandardCharsets.ISO_8859_1) : text;
        account.acknowledged(index, Level.INFO.severity(), known);
        if (pauseNs > 0) {
            LockSupport.parkNanos(pauseNs);
        }
    }

    private static boolean log(WorkerLogger log, String source, long number, byte[] line, String text) {
        LogEntry entry = log.at(Level.INFO).kv(SOURCE, source).kv(LINE, number);
        return text == null ? entry.bytes(line).log() : entry.log(text);
    }

    static Path accountOf(Path acks, String name, int life) {
        return acks.resolve(name + "." + life + Acknowledgements.SUFFIX);
    }

    /** The line behind the last acknowledged one, of all lives before this. */
    private static long nextLine(Path acks, String name, int life) throws IOException {
        long next = 0;
        for (int earlier = 1; earlier < life; earlier++) {
            AcknowledgementFile account = AcknowledgementFile.open(accountOf(acks, name, earlier));
            long acknowledged = account == null ? 0 : account.acknowledged(0);
            if (acknowledged > 0) {
                next = account.sequence(0, acknowledged - 1) + 1;
            }
        }
        return next;
    }

    private static long linesIn(List<Path> files) throws IOException {
        long lines = 0;
        for (Path file : files) {
            lines += Files.size(file) == 0 ? 0 : Lines.of(file).size();
        }
        return lines;
    }
}

package io.emberlog.handler.file;

import io.emberlog.handler.SettingText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a program for a rotated file, without a shell, and waits for its end or a deadline. Its standard input is empty; of what it
 * says the first {@value #MOST_OUTPUT} bytes are kept, and the rest is read and thrown away. In the background.
 */
final class ArchiveCommand {
    private static final String PATH = "{path}";
    private static final int MOST_OUTPUT = 1024;
    private static final long LOOK_MS = 20;

    private final List<String> command;
    private final long timeoutNs;
    private final Background background;

    /** @param command program and arguments, not empty */
    ArchiveCommand(List<String> command, long timeoutNs, Background background) {
        this.command = List.copyOf(command);
        this.timeoutNs = timeoutNs;
        this.background = background;
    }

    /**
     * Looks for the program as the system does when it is run.
     *
     * @param command may be empty, for none
     * @param directory in which it will be run; null where that is not known yet
     * @throws IllegalArgumentException when it cannot be run
     */
    static void check(List<String> command, Path directory) {
        if (command.isEmpty()) {
            return;
        }
        String program = command.get(0);
        try {
            if (program.indexOf('/') >= 0) {
                Path path = Path.of(program);
                if (!path.isAbsolute() && directory == null) {
                    return; // of many directories, which records name
                }
                checkFile(
                        program,
                        path.isAbsolute() ? path : directory.resolve(path).normalize());
            } else if (searchPath().noneMatch(each -> isProgram(each.resolve(program)))) {
                throw refused(program, "is in no directory of PATH");
            }
        } catch (InvalidPathException e) {
            throw refused(program, "is no name of a file");
        }
    }

    private static void checkFile(String program, Path file) {
        if (!Files.exists(file)) {
            throw refused(program, "does not exist" + (Path.of(program).isAbsolute() ? "" : " (" + file + ")"));
        }
        if (!isProgram(file)) {
            throw refused(program, "is no file that user '" + System.getProperty("user.name") + "' may run");
        }
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    private static Stream<Path> searchPath() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "/bin:/usr/bin" : path).split(":"))
                .filter(each -> !each.isEmpty())
                .map(Path::of);
    }

    private static IllegalArgumentException refused(String program, String why) {
        return new IllegalArgumentException(
                "archive_command: the program " + SettingText.quote(program) + ' ' + why
                        + "; allowed: a program that the master's user may run, such as \"/usr/bin/cp\" or, found by PATH, \"cp\"");
    }

    private List<String> commandFor(Path file) {
        List<String> words = new ArrayList<>();
        boolean named = false;
        for (String word : command) {
            named |= word.contains(PATH);
            words.add(word.replace(PATH, file.toString()));
        }
        if (!named) {
            words.add(file.toString());
        }
        return words;
    }

    /**
     * @throws IOException when it did not end with 0, saying why
     * @throws RotatedFileCompressor.StoppedException when the background was told to stop before
     */
    void run(Path file) throws IOException {
        Process process = new ProcessBuilder(commandFor(file))
                .directory(file.getParent().toFile())
                .redirectErrorStream(true)
                .start();
        byte[] output = new byte[MOST_OUTPUT];
        int length = 0;
        try {
            process.getOutputStream().close();
            long deadlineNs = background.nanoTime() + timeoutNs;
            while (!process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
                length = drain(process, output, length);
                if (background.isStopped()) {
                    throw new RotatedFileCompressor.StoppedException();
                }
                if (background.nanoTime() - deadlineNs >= 0) {
                    throw new IOException("did not end within " + TimeUnit.NANOSECONDS.toMillis(timeoutNs) + " ms"
                            + said(output, length));
                }
            }
            length = drain(process, output, length);
            if (process.exitValue() != 0) {
                throw new IOException("ended with " + process.exitValue() + said(output, length));
            }
        } catch (InterruptedException e) {
            throw new IOException("was interrupted", e); // nobody interrupts this thread
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Only what is there: a process that it left behind may keep the pipe open for ever. */
    private static int drain(Process process, byte[] output, int length) throws IOException {
        InputStream in = process.getInputStream();
        byte[] more = new byte[8 * 1024];
        int kept = length;
        while (in.available() > 0) {
            int count = in.read(more, 0, Math.min(more.length, in.available()));
            if (count < 0) {
                break;
            }
            int room = Math.min(count, output.length - kept);
            System.arraycopy(more, 0, output, kept, room);
            kept += room;
        }
        return kept;
    }

    private static String said(byte[] output, int length) {
        String text = new String(output, 0, length, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "" : ": " + text.replaceAll("\\p{Cntrl}+", " | ");
    }

    @Override
    public String toString() {
        return command.get(0);
    }
}

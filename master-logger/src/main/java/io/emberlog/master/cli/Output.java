package io.emberlog.master.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/**
 * A command's output, which remembers why it took nothing more: the writers above it swallow that. After a failure everything
 * fails, so that nothing follows a part that is missing. One thread.
 */
final class Output extends OutputStream {
    private final OutputStream stream;
    private IOException failure;

    private Output(OutputStream stream) {
        this.stream = stream;
    }

    static Output of(OutputStream stream) {
        return stream instanceof Output output ? output : new Output(stream);
    }

    /** Null while all is well, or when whoever read the output has seen enough, like {@code head}: there is nothing to tell. */
    IOException failure() {
        return failure == null || isReaderGone(failure) ? null : failure;
    }

    static boolean isReaderGone(IOException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
    }

    static String text(IOException failure) {
        return "cannot write the output: " + failure.getMessage();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        attempt(() -> stream.write(bytes, offset, length));
    }

    @Override
    public void flush() throws IOException {
        attempt(stream::flush);
    }

    private interface Call {
        void run() throws IOException;
    }

    private void attempt(Call call) throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            call.run();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}

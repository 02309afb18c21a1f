package io.emberlog.handler.file;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Lines into one file ({@link OutputFile}): one life is one of that file. */
final class FileHandler implements Handler {
    private static final long CHECK_INTERVAL_NS = 1_000_000_000L;

    private final FileSettings settings;
    private final FileOps ops;
    private final Supplier<Background> backgrounds;
    private final Format format;
    private final Path path;
    private final Utf8Buffer line = new Utf8Buffer(1024);

    private HandlerContext context;
    private Housekeeper housekeeper;
    private OutputFile file;
    private long lastCheckNs;

    /** @param backgrounds one for each life, for what is done with rotated files */
    FileHandler(FileSettings settings, FileOps ops, Supplier<Background> backgrounds) {
        this.settings = settings;
        this.ops = ops;
        this.backgrounds = backgrounds;
        this.path = settings.pattern().fixedPath();
        this.format = Format.of(settings.format(), settings.zone());
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        lastCheckNs = context.nanoTime();
        housekeeper =
                new Housekeeper(settings.rotation(), ops, context, path.getParent(), this::report, backgrounds.get());
        file = new OutputFile(path, readState(), settings, ops, context, housekeeper);
        file.open();
        housekeeper.found();
    }

    private FileState readState() {
        byte[] bytes = context.state();
        if (bytes == null) {
            return null;
        }
        FileState state = FileState.decode(bytes).orElse(null);
        if (state == null) {
            report(Level.ERROR, "the checkpoint cannot be read; records since it are written once more", null);
        } else if (!state.path().equals(path.toString())) {
            report(Level.NOTICE, "follows " + state.path() + ", which stays as it is", null);
            return null;
        }
        return state;
    }

    @Override
    public void handle(LogRecord record) throws IOException {
        if (file.pendingLength() >= settings.bufferSize()) {
            file.write();
            context.metrics().add(Counter.BUFFER_OVERFLOWS, 1);
        }
        line.clear();
        format.format(record, line);
        file.append(line, record.entry().timestampNs());
    }

    @Override
    public void flush() throws IOException {
        file.write();
    }

    @Override
    public void tick(long nowNs) throws IOException {
        file.writeIfDue(nowNs);
        housekeeper.tick(nowNs);
        if (nowNs - lastCheckNs >= CHECK_INTERVAL_NS) {
            reopen();
            lastCheckNs = nowNs;
        }
    }

    @Override
    public void reopen() throws IOException {
        file.followReplacement();
    }

    @Override
    public byte[] checkpoint() throws IOException {
        file.write();
        if (settings.forceAtCheckpoint()) {
            file.force();
        }
        return file.state().encode();
    }

    private void report(Level level, String message, Throwable cause) {
        context.report(level, "file handler " + context.name() + ": " + path + " " + message, cause);
    }

    @Override
    public void close() throws IOException {
        if (housekeeper != null) {
            housekeeper.close();
        }
        if (file != null) {
            file.close();
        }
    }
}

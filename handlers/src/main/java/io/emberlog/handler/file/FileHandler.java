package io.emberlog.handler.file;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Lines into one file ({@link OutputFile}): one life is one of that file.
 *
 * <p>Once its buffer has filled some times between two calls of {@code flush}, more comes than one thread may be able to make lines of, and a
 * {@link LineMaker} takes the records, for as long as none of them calls for more than a line behind the others: a rotation, another
 * file at the path, or bytes to compare. Then, and in front of a flush or a checkpoint, all its lines are taken first.
 */
final class FileHandler implements Handler {
    private static final long CHECK_INTERVAL_NS = 1_000_000_000L;

    private static final int MOST_BATCH = 128 * 1024;

    /** So many full buffers in a row are no burst that one thread is soon through with: 1 MiB by default. */
    private static final int FLOOD = 4;

    private final FileSettings settings;
    private final FileOps ops;
    private final Supplier<Background> backgrounds;
    private final Supplier<Format> formats;
    private final Format format;
    private final Path path;
    private final Utf8Buffer line = new Utf8Buffer(1024);
    private final int batchSize;

    private HandlerContext context;
    private Housekeeper housekeeper;
    private OutputFile file;
    private long lastCheckNs;

    /** Of this life; null until it is needed. */
    private LineMaker maker;

    /** How often the buffer has filled since the last flush. */
    private int fills;

    /** Of all lives' makers. */
    private double growth = LineMaker.FIRST_GROWTH;

    /** Off for good once the maker has failed: what it failed on is then found in the record in hand. */
    private boolean mayUseMaker;

    /** @param backgrounds one for each life, for what is done with rotated files */
    FileHandler(FileSettings settings, FileOps ops, Supplier<Background> backgrounds) {
        this(settings, ops, backgrounds, () -> Format.of(settings.format(), settings.zone()));
    }

    /** @param formats of one kind, one for each thread */
    FileHandler(FileSettings settings, FileOps ops, Supplier<Background> backgrounds, Supplier<Format> formats) {
        this.settings = settings;
        this.ops = ops;
        this.backgrounds = backgrounds;
        this.path = settings.pattern().fixedPath();
        this.formats = formats;
        this.format = formats.get();
        this.batchSize = Math.min(MOST_BATCH, settings.bufferSize() / 2);
        this.mayUseMaker = settings.lineThread() && LineMaker.isOfUse();
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        if (maker != null) {
            growth = maker.growth();
            if (maker.hasFailed()) {
                useNoMaker();
            }
        }
        maker = null;
        fills = 0;
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
            fills++;
        }
        if (fills >= FLOOD && mayUseMaker && isForMaker(record) && hasMaker()) {
            maker.add(record, file);
            return;
        }
        takeLines();
        line.clear();
        format.format(record, line);
        file.append(line, record.entry().timestampNs());
    }

    private boolean isForMaker(LogRecord record) {
        long room = maker == null ? LineMaker.room(growth, batchSize) : maker.room();
        return record.entry().length() <= batchSize
                && file.admits(room, record.entry().timestampNs());
    }

    private boolean hasMaker() {
        if (maker == null) {
            try {
                maker = new LineMaker(context, formats, batchSize, growth);
            } catch (RuntimeException | Error e) { // a full heap, of which this record knows nothing
                useNoMaker();
            }
        }
        return maker != null;
    }

    private void useNoMaker() {
        mayUseMaker = false;
        report(Level.WARN, "gets its lines from one thread from now on, for the second one failed", null);
    }

    /** All that the maker has goes in front of what comes. */
    private void takeLines() throws HandlerRestartException {
        if (maker != null) {
            maker.finish(file);
        }
    }

    @Override
    public void flush() throws IOException {
        fills = 0;
        takeLines();
        file.write();
    }

    @Override
    public void tick(long nowNs) throws IOException {
        try {
            if (maker != null && maker.isOlder(nowNs - settings.flushIntervalNs())) {
                takeLines();
                file.write();
            }
            file.writeIfDue(nowNs);
        } finally {
            housekeeper.deleteIfDue(nowNs); // where nothing can be written, that may be the remedy
        }
        housekeeper.tick(nowNs);
        if (nowNs - lastCheckNs >= CHECK_INTERVAL_NS) {
            reopen();
            lastCheckNs = nowNs;
        }
    }

    @Override
    public void reopen() throws IOException {
        takeLines();
        file.followReplacement();
    }

    @Override
    public byte[] checkpoint() throws IOException {
        takeLines();
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
        if (maker != null) {
            maker.stop();
        }
        if (housekeeper != null) {
            housekeeper.close();
        }
        if (file != null) {
            file.close();
        }
    }
}

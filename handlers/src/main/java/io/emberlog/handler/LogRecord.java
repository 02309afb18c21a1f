package io.emberlog.handler;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;
import java.util.Arrays;
import java.util.Objects;

/**
 * One record on its way to a handler: a view, wrapped again for the next one. Valid only during the call that it is
 * passed to; a handler copies what it keeps. One thread.
 */
public final class LogRecord {
    /** The {@link #sequence} of a record that no master has numbered yet: replay reads it straight from a ring. */
    public static final long UNNUMBERED = -1;

    private WorkerIdentity worker;
    private long position;
    private int index;
    private long sequence;
    private EntryDecoder entry;

    /** For the master and replay: points this view at another record. */
    public void wrap(WorkerIdentity worker, long position, int index, long sequence, EntryDecoder entry) {
        this.worker = Objects.requireNonNull(worker, "worker");
        this.position = position;
        this.index = index;
        this.sequence = sequence;
        this.entry = Objects.requireNonNull(entry, "entry");
    }

    /** One of the same record that stays valid, with bytes of its own. Allocates. */
    public LogRecord copy() {
        byte[] bytes = Arrays.copyOfRange(entry.buffer(), entry.offset(), entry.offset() + entry.length());
        EntryDecoder own = new EntryDecoder();
        if (!own.wrap(bytes, 0, bytes.length)) {
            throw new IllegalStateException("the entry of record " + id() + " was changed while it was in use");
        }
        LogRecord copy = new LogRecord();
        copy.wrap(worker, position, index, sequence, own);
        return copy;
    }

    /** Who wrote it; the same object for every record of one ring within one run of the master. */
    public WorkerIdentity worker() {
        return worker;
    }

    /** Ring position of the batch that holds it. */
    public long position() {
        return position;
    }

    /** Place in its batch, from 0. */
    public int index() {
        return index;
    }

    /**
     * Number given by the master, the same at every delivery; grows by one a record over all workers. A handler always
     * gets one; in a replay it may be {@link #UNNUMBERED}.
     */
    public long sequence() {
        return sequence;
    }

    /** What the worker logged. */
    public EntryDecoder entry() {
        return entry;
    }

    /** Allocates. {@code ringUuid:position:index}: never used twice, so receivers can tell a repeated delivery. */
    public String id() {
        return worker.ringUuid() + ":" + position + ':' + index;
    }
}

package io.emberlog.master.fanout;

import java.nio.file.Path;

/** One checkpoint in memory, of which only counts how often it was replaced. */
final class MemoryCheckpointFiles implements CheckpointFiles {
    private volatile int renames;

    boolean isStored() {
        return renames > 0;
    }

    int renames() {
        return renames;
    }

    @Override
    public Temp create(Path file) {
        return new Temp() {
            @Override
            public void write(byte[] bytes) {}

            @Override
            public void force() {}

            @Override
            public void close() {}
        };
    }

    @Override
    public void rename(Path from, Path to) {
        renames = renames + 1; // one writer
    }

    @Override
    public void forceDirectory(Path directory) {}

    @Override
    public byte[] read(Path file, int limit) {
        return null;
    }
}

package io.emberlog.master.replay;

/** Hears how far a replay is; often, so it must be quick. */
@FunctionalInterface
public interface ReplayProgress {
    /** @param total bytes of all files, as they were at the start */
    void at(long bytesRead, long total);
}

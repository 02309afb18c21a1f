package io.emberlog.master.cli;

import io.emberlog.master.config.MasterConfig;

/** Runs a master in the foreground until it is told to stop. */
@FunctionalInterface
public interface MasterRunner {
    /**
     * Returns when the master has stopped.
     *
     * @return one of {@link ExitCodes}
     */
    int run(MasterConfig config);
}

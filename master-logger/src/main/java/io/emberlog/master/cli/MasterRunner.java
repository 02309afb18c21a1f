package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigSource;
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

    /**
     * The same for one that can reload.
     *
     * @param again reads the configuration once more
     */
    default int run(MasterConfig config, ConfigSource again) {
        return run(config);
    }
}

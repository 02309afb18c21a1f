package io.emberlog.worker;

import io.emberlog.ring.ChannelDirectory;

/**
 * Whether every record in a ring carries its position and a CRC32C. With them a master finds after a power cut, when any
 * of the ring's pages may be old, exactly the records that are whole; without them it sets such a ring aside unread.
 */
public enum RingChecks {
    /** On where the channel directory is on a disk, off where it is in memory (tmpfs, ramfs) and no ring outlives a reboot. */
    AUTO,
    ON,
    OFF;

    /** File work. */
    boolean apply(ChannelDirectory directory) {
        return this == ON || this == AUTO && !directory.isInMemory();
    }
}

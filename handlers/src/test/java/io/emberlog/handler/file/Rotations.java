package io.emberlog.handler.file;

import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Settings of rotation for tests: numbered names, nothing deleted. */
final class Rotations {
    private Rotations() {}

    /** @param rotate as in a configuration; days and hours of UTC */
    static RotationSettings of(long maxSize, String rotate) {
        return of(maxSize, rotate, null);
    }

    /** @param compression null for none */
    static RotationSettings of(long maxSize, String rotate, FileCompression compression) {
        RotationSettings bySize = RotationSettings.bySize(maxSize, Long.MAX_VALUE);
        return new RotationSettings(
                bySize.maxSize(),
                RotationSchedule.of(rotate, ZoneOffset.UTC),
                bySize.name(),
                bySize.keepFiles(),
                bySize.maxAgeMs(),
                bySize.maxTotalSize(),
                bySize.minFreeSpace(),
                compression,
                List.of(),
                TimeUnit.MINUTES.toNanos(1));
    }
}

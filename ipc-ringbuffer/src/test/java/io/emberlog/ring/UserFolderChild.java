package io.emberlog.ring;

import java.io.IOException;
import java.nio.file.Path;

/** Makes a ring where a worker that is told the argument makes one. */
public final class UserFolderChild {
    private UserFolderChild() {}

    public static void main(String[] args) throws IOException {
        ChannelDirectory place = ChannelDirectory.forWorker(Path.of(args[0]));
        RingFile.create(
                place, RingSpec.of(RingDescriptor.MIN_CAPACITY), TestRings.identity(place.newRingUuid()), null, 1);
    }
}

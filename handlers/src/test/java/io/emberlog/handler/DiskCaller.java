package io.emberlog.handler;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Stores state and position in one file by temp, force, rename, force of the directory. */
public final class DiskCaller extends ModelCaller {
    private final Path file;

    public DiskCaller(Path file) throws IOException {
        super(700, 90);
        this.file = file;
        if (Files.exists(file)) {
            ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(file));
            int position = stored.getInt();
            byte[] state = new byte[stored.remaining()];
            stored.get(state);
            restore(state, position);
        }
    }

    @Override
    protected void store(byte[] state, int position) throws IOException {
        Path temp = file.resolveSibling("state.tmp");
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + state.length);
        bytes.putInt(position).put(state).flip();
        try (FileChannel channel = FileChannel.open(
                temp, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(bytes);
            channel.force(true);
        }
        Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}

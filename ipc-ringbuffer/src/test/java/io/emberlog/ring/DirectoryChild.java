package io.emberlog.ring;

import java.io.IOException;
import java.nio.file.Path;

/** Prints the default directory, then what opening each argument comes to. */
public final class DirectoryChild {
    private DirectoryChild() {}

    public static void main(String[] args) {
        System.out.println(ChannelDirectory.defaultPath());
        for (String directory : args) {
            try {
                System.out.println(
                        "opened " + ChannelDirectory.open(Path.of(directory)).path());
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}

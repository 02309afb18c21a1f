package io.emberlog.master.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code emberlog channel create}: the layout of {@link io.emberlog.ring.UserFolders}. Safe to repeat: what is right stays,
 * what is half-made or has another owner, group or mode is put right, nothing is removed.
 *
 * <p>Crash table, for a folder and in the same way for the channel's own directory; the directory around it belongs to root,
 * so nobody can put anything else in its place meanwhile:
 *
 * <pre>
 * id  the command dies after     what the next start sees               what it does
 * U1  making the directory       root's own, mode 0700                  worker and master refuse it with this
 *                                                                       command's name; run again, it goes on
 * U2  giving it to its owner     its user's, mode 0700                  the worker refuses it: no group, no 2770;
 *                                                                       run again, it goes on
 * U3  setting its mode           the layout                             uses it
 * </pre>
 */
@Command(
        name = "create",
        description = {
            "Makes a channel directory that several users log to: DIR for root and the master's group,",
            "and in it one folder per user, named after the uid. Needs root. Can be repeated."
        })
final class ChannelCreateCommand implements Callable<Integer> {
    private static final int CHANNEL_MODE = 0775;
    private static final int FOLDER_MODE = 02770;
    private static final int ROOT = 0;

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The channel directory, such as /run/emberlog/default.")
    private Path directory;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "The master's group, by name or number; no worker may be in it. Default: ${DEFAULT-VALUE}.",
            defaultValue = "emberlog")
    private String group;

    @Option(names = "--user", paramLabel = "NAME", description = "A user who logs here, by name or number. Repeatable.")
    private List<String> users = new ArrayList<>();

    ChannelCreateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        int gid = UserNames.group(group);
        List<Integer> uids = users.stream().map(UserNames::user).distinct().toList();
        Path channel = directory.toAbsolutePath().normalize();
        try {
            if (channel.getParent() != null) {
                Files.createDirectories(
                        channel.getParent(),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            }
            make(channel, ROOT, gid, CHANNEL_MODE);
            for (int uid : uids) {
                make(channel.resolve(Integer.toUnsignedString(uid)), uid, gid, FOLDER_MODE);
            }
        } catch (FileSystemException e) {
            String why =
                    "Operation not permitted".equals(e.getReason()) || e instanceof java.nio.file.AccessDeniedException
                            ? "this user may not make it or give it to another; run as root"
                            : e.getReason() == null ? e.toString() : e.getReason();
            throw new CliException(ExitCodes.IO, e.getFile() + ": " + why, e);
        } catch (IOException e) {
            throw CliException.io(e, channel);
        }
        return ExitCodes.DONE;
    }

    private void make(Path path, int owner, int gid, int mode) throws IOException {
        boolean made = false;
        try {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            made = true;
        } catch (FileAlreadyExistsException there) {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new CliException(
                        ExitCodes.IO, path + ": is not a directory (a link is not followed); remove it first");
            }
        }
        boolean changed = set(path, "unix:uid", owner);
        changed |= set(path, "unix:gid", gid);
        changed |= set(path, "unix:mode", mode); // last: nobody enters before it has its owner and group
        String how = made ? "made" : changed ? "put right" : "as it should be";
        terminal.out()
                .println(path + ": " + how + ", " + Integer.toUnsignedString(owner) + ":"
                        + Integer.toUnsignedString(gid) + String.format(" %04o", mode));
    }

    private static boolean set(Path path, String attribute, int value) throws IOException {
        int is = (Integer) Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS);
        if ((attribute.endsWith("mode") ? is & 07777 : is) == value) {
            return false;
        }
        Files.setAttribute(path, attribute, value, LinkOption.NOFOLLOW_LINKS);
        return true;
    }
}

package io.emberlog.handler.file;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Mode and group of the files and directories that a file handler makes, where somebody asked for them. What is there already
 * keeps its own. Immutable; any thread.
 *
 * <p>A file is made under a name that is nobody's, for its owner alone; gets its group, then its mode; and only then its
 * name. So it is never more open than was asked for, never for the wrong group, and, once it has its name, never less open, whatever
 * the umask is. A directory likewise.
 *
 * <pre>
 * row  process dies (or step fails)              next start sees                     and does
 * F32  before the name is given                  an empty file of the other name     removes it when it makes that file
 * F33  after that, before the other name is      one file of two names               goes on in it; removes the other name
 *      removed                                                                       when it opens it
 * </pre>
 */
final class NewFiles {
    private static final String ALLOWED = "three octal digits, or four that begin with 0, by which the owner reads and"
            + " writes, others do not write, and nobody executes, like \"0600\", \"0640\", \"0644\" or \"0660\"";

    private static final int OWNER_ONLY = 0600;
    private static final int DEFAULT = 0640;
    private static final int EXECUTE = 0111;
    private static final int OTHERS_WRITE = 0002;
    private static final int SET_GID = 02000;

    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    static final SettingKey MODE = SettingKey.string(
                    "mode",
                    "Permissions of the files that the handler makes, in octal digits, whatever the umask is; directories that it"
                            + " makes can be entered by those who may use the files.")
            .checked(value -> parse((String) value))
            .example("0640")
            .otherwise("0640, less the umask");
    static final SettingKey GROUP = SettingKey.string(
                    "group",
                    "Group of the files and directories that the handler makes, by name or number; unless the master is"
                            + " root, its user must be a member.")
            .example("adm")
            .otherwise("what the system gives them");

    static final List<SettingKey> KEYS = List.of(MODE, GROUP);

    /** As always, when nobody asks. */
    static final NewFiles AS_USUAL = new NewFiles("", 0, null);

    /** Something that a test does between two steps. */
    interface Step {
        void done(Path unfinished) throws IOException;
    }

    private final String handler;

    /** 0: nothing is asked for. */
    private final int mode;

    /** Null: that of the process or of the directory. */
    private final GroupPrincipal group;

    private final Step step;

    private NewFiles(String handler, int mode, GroupPrincipal group) {
        this(handler, mode, group, unfinished -> {});
    }

    private NewFiles(String handler, int mode, GroupPrincipal group, Step step) {
        this.handler = handler;
        this.mode = mode;
        this.group = group;
        this.step = step;
    }

    /**
     * Looks for the group.
     *
     * @throws IllegalArgumentException when there is none of that name, or files have no modes here
     */
    static NewFiles of(HandlerSettings settings) {
        for (SettingKey key : KEYS) {
            if (settings.isSet(key)
                    && !FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
                throw new IllegalArgumentException(key + ": files have no such thing on this system; allowed: none");
            }
        }
        boolean isGroup = settings.isSet(GROUP);
        int mode = settings.isSet(MODE) ? parse(settings.string(MODE)) : isGroup ? DEFAULT : 0;
        return mode == 0
                ? AS_USUAL
                : new NewFiles(settings.handlerName(), mode, isGroup ? find(settings.string(GROUP)) : null);
    }

    /** The same with something between the steps. */
    NewFiles with(Step between) {
        return new NewFiles(handler, mode, group, between);
    }

    private static int parse(String text) {
        if (!text.matches("[0-7]{3,4}")) {
            throw refused(text, "is no such mode");
        }
        int mode = Integer.parseInt(text, 8);
        if (mode > 0777) {
            throw refused(text, "has a setuid, setgid or sticky bit");
        } else if ((mode & EXECUTE) != 0) {
            throw refused(text, "lets somebody execute the file");
        } else if ((mode & OWNER_ONLY) != OWNER_ONLY) {
            throw refused(text, "does not let the owner, who is the master's user, read and write");
        } else if ((mode & OTHERS_WRITE) != 0) {
            throw refused(text, "lets everybody write");
        }
        return mode;
    }

    private static IllegalArgumentException refused(String text, String why) {
        return new IllegalArgumentException('"' + text + "\" " + why + "; allowed: " + ALLOWED);
    }

    private static GroupPrincipal find(String text) {
        String why = "is no group of this machine";
        try {
            // a number is one, whether or not it has a name; one that is not positive would mean "as it is" to the
            // system
            if (!text.isEmpty() && !text.startsWith("-") && !text.startsWith("+")) {
                return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(text);
            }
        } catch (UserPrincipalNotFoundException e) {
            // there is none
        } catch (IOException e) {
            why = "could not be looked up (" + IoReason.why(e) + ")";
        }
        throw new IllegalArgumentException(
                "group: \"" + text + "\" " + why + "; allowed: the name of a group that is there, or a number");
    }

    /** Whether {@link #makeFile} and {@link #makeDirectory} are to be used. */
    boolean areAskedFor() {
        return mode != 0;
    }

    /**
     * A new, empty file; its name is not yet on the device.
     *
     * @throws FileAlreadyExistsException when there is one
     */
    void makeFile(Path file) throws IOException {
        make(file, unfinished -> {
            Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (FileChannel made = FileChannel.open(unfinished, options, OWNERS_FILE)) {
                step.done(unfinished);
                set(file, unfinished, mode);
                made.force(true);
            }
            step.done(unfinished);
            nameFile(unfinished, file);
            step.done(unfinished);
        });
    }

    /** An empty directory in one that is there, unless it is there. */
    void makeDirectory(Path directory) throws IOException {
        make(directory, unfinished -> {
            if (group == null) {
                // in a directory of its group (setgid) it is one, too, and stays one only where its mode is not set
                // again: whoever is
                // not of that group cannot set the bit
                Files.createDirectory(unfinished, asAttribute(directoryMode()));
            } else {
                Files.createDirectory(unfinished, OWNERS_DIRECTORY);
            }
            step.done(unfinished);
            int made = (Integer) Files.getAttribute(unfinished, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if (group != null || (made & 0777) != directoryMode()) {
                set(directory, unfinished, made & SET_GID | directoryMode());
            }
            step.done(unfinished);
            try {
                Files.move(unfinished, directory);
            } catch (IOException e) {
                if (!Files.isDirectory(directory)) { // else another handler was faster
                    throw e;
                }
            }
            step.done(unfinished);
        });
    }

    private interface Making {
        void make(Path unfinished) throws IOException;
    }

    private void make(Path path, Making making) throws IOException {
        Path unfinished = unfinished(path);
        try {
            Files.deleteIfExists(unfinished); // of a process that died here
            making.make(unfinished);
        } catch (IOException | RuntimeException e) {
            try {
                Files.deleteIfExists(unfinished);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed); // the next one removes it
            }
            if (e instanceof AccessDeniedException) { // whoever reads it knows nothing of the other name
                throw (IOException) new AccessDeniedException(path.toString()).initCause(e);
            }
            throw e;
        }
        Files.deleteIfExists(unfinished);
    }

    /** No glob for logs matches it, and no two handlers of a machine have one for files that are not one. */
    private Path unfinished(Path path) {
        byte[] whose = (handler + '\0' + path.toAbsolutePath()).getBytes(StandardCharsets.UTF_8);
        return path.resolveSibling("~new-" + UUID.nameUUIDFromBytes(whose) + RotatedName.TEMPORARY);
    }

    /** A file that is opened: it may have been made by a process that died in the last step. */
    void tidyUp(Path file) {
        if (areAskedFor()) {
            try {
                Files.deleteIfExists(unfinished(file));
            } catch (IOException e) {
                // it does no harm, and the opening will say what is wrong with the directory
            }
        }
    }

    /** Never over another: a rename would. */
    private static void nameFile(Path unfinished, Path file) throws IOException {
        try {
            Files.createLink(file, unfinished);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException noLinks) { // vfat, some network file systems
            Files.move(unfinished, file); // looks first
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> asAttribute(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission each : PosixFilePermission.values()) { // from the owner's r to the others' x
            if ((mode & 0400 >> each.ordinal()) != 0) {
                permissions.add(each);
            }
        }
        return PosixFilePermissions.asFileAttribute(permissions);
    }

    /** By descriptors of what is no link; the group first, or the mode would be for another one meanwhile. */
    private void set(Path path, Path unfinished, int modeOfIt) throws IOException {
        if (group != null) {
            try {
                Files.getFileAttributeView(unfinished, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setGroup(group);
            } catch (FileSystemException e) {
                throw new IOException(
                        "path=" + path + ": its group cannot be " + group.getName() + ": " + IoReason.why(e)
                                + "; allowed: a group that user '" + System.getProperty("user.name")
                                + "' is a member of, or, for root, any",
                        e);
            }
            step.done(unfinished);
        }
        Files.setAttribute(unfinished, "unix:mode", modeOfIt, LinkOption.NOFOLLOW_LINKS);
    }

    /** Who may read a file may list the directory, who may read or write one may enter it; its owner alone changes it. */
    private int directoryMode() {
        int directory = 0700;
        for (int shift : new int[] {3, 0}) {
            int bits = mode >> shift & 7;
            directory |= (bits & 4 | (bits == 0 ? 0 : 1)) << shift;
        }
        return directory;
    }
}

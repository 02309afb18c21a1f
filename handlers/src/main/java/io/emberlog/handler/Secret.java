package io.emberlog.handler;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A value that must not be seen: where it stands, never what it is. A configuration gives {@code "env:NAME"} (a variable
 * of the process) or {@code "file:PATH"} (a regular file of this user, mode 0600 or stricter, or of root, 0640 or stricter, symbolic links
 * followed; one line end at its end is not part of it). Immutable; any thread.
 *
 * <p>{@link #reveal} reads the value at each call, so keep the {@code Secret} and not the text: a file that was replaced
 * is read anew. Two are equal when they name the same place and held the same value when they were last {@linkplain
 * #checked checked}; so a reload of the configuration sees that a file was replaced, and makes the handler anew.
 *
 * <p>{@link #toString} prints {@code ***}, and no exception out of here holds the value.
 */
public final class Secret {
    /** What stands for a secret wherever settings are shown. */
    public static final String MASK = "***";

    /** What a configuration may hold. */
    static final String ALLOWED = "\"env:NAME\", or \"file:PATH\" of a file with mode 0600 or stricter";

    private static final String ENV = "env:";
    private static final String FILE = "file:";
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int MAX_BYTES = 64 * 1024;
    private static final int OTHERS = 077;

    /** All of them but its group's right to read. */
    private static final int OTHERS_OF_ROOTS = 037;

    private final String variable;
    private final Path file;
    private final Map<String, String> environment;
    private final byte[] fingerprint;

    private Secret(String variable, Path file, Map<String, String> environment, byte[] fingerprint) {
        this.variable = variable;
        this.file = file;
        this.environment = environment;
        this.fingerprint = fingerprint;
    }

    /**
     * A reference; a relative path starts at the working directory. Nothing is read yet.
     *
     * @throws IllegalArgumentException when it is none; the text is not in the message, for it may be the secret itself
     */
    public static Secret of(String reference) {
        if (reference.startsWith(ENV)
                && VARIABLE.matcher(reference.substring(ENV.length())).matches()) {
            return new Secret(reference.substring(ENV.length()), null, System.getenv(), null);
        }
        if (reference.startsWith(FILE) && reference.length() > FILE.length()) {
            try {
                return new Secret(null, Path.of(reference.substring(FILE.length())), Map.of(), null);
            } catch (InvalidPathException e) {
                throw notAReference(); // without its cause, whose message is the text
            }
        }
        throw notAReference();
    }

    private static IllegalArgumentException notAReference() {
        return new IllegalArgumentException("holds something else than a reference, which is not printed here since it"
                + " may be the secret itself; allowed: " + ALLOWED);
    }

    /** The same, with a relative path starting at {@code base} and variables looked up in {@code variables}. */
    public Secret resolved(Path base, Map<String, String> variables) {
        return new Secret(
                variable,
                file == null ? null : base.resolve(file).toAbsolutePath().normalize(),
                variables,
                fingerprint);
    }

    /**
     * The same, once it has been read.
     *
     * @throws IOException as {@link #reveal}
     */
    public Secret checked() throws IOException {
        return checked(value -> {});
    }

    /**
     * The same, once it has been read and looked at.
     *
     * @param closer throws an {@link IllegalArgumentException} without the value
     * @throws IOException as {@link #reveal}
     * @throws IllegalArgumentException what {@code closer} says, behind the name of the place
     */
    public Secret checked(Consumer<String> closer) throws IOException {
        String value = reveal();
        try {
            closer.accept(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("what " + where() + " holds " + e.getMessage());
        }
        return new Secret(variable, file, environment, digest(value));
    }

    private String where() {
        return variable == null ? "the file " + file : "the variable " + variable;
    }

    /**
     * Reads the value. For the moment of use: into the request or the handshake that needs it, and into nothing that is
     * logged, named or kept.
     *
     * @return not empty, without control characters
     * @throws IOException naming the place and what would be right, never the value
     */
    public String reveal() throws IOException {
        return variable == null ? fromFile() : fromVariable();
    }

    private String fromVariable() throws IOException {
        String value = environment.get(variable);
        if (value == null) {
            throw new IOException("the variable " + variable + " is not set; set it in the master's environment");
        }
        return plain(value, where());
    }

    private String fromFile() throws IOException {
        String where = where();
        try {
            Path real = file.toRealPath();
            Object before = trusted(real, where);
            ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES + 1);
            try (FileChannel channel =
                    FileChannel.open(real, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
                while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                    // until the end of the file or of the buffer
                }
            }
            if (!Objects.equals(before, trusted(real, where))) {
                throw new IOException(where + " was replaced while it was read; try again");
            }
            if (!bytes.hasRemaining()) {
                throw new IOException(where + " is larger than 64 KiB; allowed: one secret");
            }
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            return plain(text.replaceFirst("\\r?\\n\\z", ""), where);
        } catch (CharacterCodingException e) {
            throw new IOException(where + " is not UTF-8; allowed: one line of text");
        } catch (NoSuchFileException e) {
            throw new IOException(where + " does not exist");
        }
    }

    /** @return which file it is, so that another in its place is noticed */
    private static Object trusted(Path real, String where) throws IOException {
        Map<String, Object> is =
                Files.readAttributes(real, "unix:isRegularFile,uid,mode,fileKey", LinkOption.NOFOLLOW_LINKS);
        if (!Boolean.TRUE.equals(is.get("isRegularFile"))) {
            throw new IOException(where + " is not a regular file; allowed: a regular file");
        }
        int mode = (Integer) is.get("mode") & 07777;
        Object owner = is.get("uid");
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (isOpen(mode, owner.equals(0), self.equals(0))) {
            throw new IOException(where + " has mode " + String.format("%04o", mode)
                    + ", so others may read or change it; allowed: 0600 or stricter (chmod 600)"
                    + (owner.equals(0) && !self.equals(0) ? ", or 0640 for a file of root's" : ""));
        }
        if (!owner.equals(0) && !owner.equals(self)) {
            throw new IOException(
                    where + " belongs to uid " + owner + "; allowed: this user (uid " + self + ") or root");
        }
        return is.get("fileKey");
    }

    /**
     * Whether more may look than should. A file of root's may be open to its group where the master is not root: so it comes from
     * Kubernetes to a pod that is not root ({@code fsGroup}), and from systemd ({@code LoadCredential}, by an ACL, which looks the same).
     */
    static boolean isOpen(int mode, boolean ofRoot, boolean isRoot) {
        return (mode & (ofRoot && !isRoot ? OTHERS_OF_ROOTS : OTHERS)) != 0;
    }

    private static String plain(String value, String where) throws IOException {
        if (value.isEmpty()) {
            throw new IOException(where + " is empty; allowed: the secret");
        }
        if (value.codePoints().anyMatch(Character::isISOControl)) {
            throw new IOException(where + " holds line ends or other control characters; allowed: one line of text");
        }
        return value;
    }

    private static byte[] digest(String value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && Objects.equals(variable, secret.variable)
                && Objects.equals(file, secret.file)
                && Arrays.equals(fingerprint, secret.fingerprint);
    }

    @Override
    public int hashCode() {
        return Objects.hash(variable, file);
    }

    @Override
    public String toString() {
        return MASK;
    }
}

package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.master.NeedsRoot;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.CrashRow;
import io.emberlog.ring.UserFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelCreateCommandTest {
    private static final String GROUP = "7123";

    private final CommandLineRun command = CommandLineRun.piped();

    @TempDir
    private Path directory;

    private Path channel() {
        return directory.resolve("run/default");
    }

    private int create(String... users) {
        Object[] arguments = new Object[5 + 2 * users.length];
        arguments[0] = "channel";
        arguments[1] = "create";
        arguments[2] = channel();
        arguments[3] = "--group";
        arguments[4] = GROUP;
        for (int i = 0; i < users.length; i++) {
            arguments[5 + 2 * i] = "--user";
            arguments[6 + 2 * i] = users[i];
        }
        return command.run(arguments);
    }

    private static String facts(Path path) throws IOException {
        return Files.getAttribute(path, "unix:uid") + ":" + Files.getAttribute(path, "unix:gid")
                + String.format(" %04o", (Integer) Files.getAttribute(path, "unix:mode") & 07777);
    }

    @Test
    void makesTheLayoutWhateverTheUmaskAndCanBeRepeated() throws Exception {
        NeedsRoot.require();
        assertThat(create("nobody", "5001", "5001")).as(command.err()).isZero();

        int nobody = (Integer) Files.getAttribute(channel().resolve("65534"), "unix:uid");
        assertThat(nobody).isEqualTo(65534);
        assertThat(command.lines())
                .containsExactly(
                        channel() + ": made, 0:7123 0775",
                        channel().resolve("65534") + ": made, 65534:7123 2770",
                        channel().resolve("5001") + ": made, 5001:7123 2770");
        assertThat(facts(channel())).isEqualTo("0:7123 0775");
        assertThat(facts(channel().resolve("5001"))).isEqualTo("5001:7123 2770");
        Files.createFile(channel().resolve("5001/evidence"));

        assertThat(create("5001")).isZero();
        assertThat(command.lines())
                .containsExactly(
                        channel() + ": as it should be, 0:7123 0775",
                        channel().resolve("5001") + ": as it should be, 5001:7123 2770");
        assertThat(channel().resolve("5001/evidence")).exists();
        ChannelDirectory.openForUsers(channel());
    }

    @Test
    @CrashRow({"U1", "U2", "U3"})
    void whatACommandThatDiedLeftIsRefusedUntilItIsRunAgain() throws Exception {
        NeedsRoot.require();
        create();
        Path folder = Files.createDirectory(channel().resolve("0"));
        Files.setAttribute(folder, "unix:mode", 0700); // U1; for root, whose folder this is, U2 but for the group
        assertRefused("has mode 0700; it is 2770");
        Files.setAttribute(folder, "unix:gid", 7123); // U2
        assertRefused("has mode 0700; it is 2770");

        assertThat(create("0")).isZero();
        assertThat(command.lines()).contains(folder + ": put right, 0:7123 2770");
        assertThat(ChannelDirectory.forWorker(channel()).path()).isEqualTo(folder); // U3

        Path other = Files.createDirectory(channel().resolve("5001")); // U1
        assertThat(UserFolders.in(channel()))
                .filteredOn(found -> found.uid() == 5001)
                .extracting(UserFolders.Folder::problem)
                .containsExactly("belongs to uid 0, not to the uid that it is named after");
        assertThat(create("5001")).isZero();
        assertThat(facts(other)).isEqualTo("5001:7123 2770");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> ChannelDirectory.forWorker(channel()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    @Test
    void whatIsWrongIsNamedWithItsPlace() throws Exception {
        assertThat(command.run("channel", "create", channel(), "--group", "no-such-group"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains("--group no-such-group: there is no group of that name");
        assertThat(command.run("channel", "create", channel(), "--group", GROUP, "--user", "no-such-user"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains("--user no-such-user: there is no user of that name");
        assertThat(command.run("channel", "create")).isEqualTo(ExitCodes.USAGE);
        assertThat(command.run("channel")).isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains("a command is missing: create");
        assertThat(directory).isEmptyDirectory();

        NeedsRoot.require();
        create();
        Files.createSymbolicLink(channel().resolve("5001"), directory);
        assertThat(create("5001")).isEqualTo(ExitCodes.IO);
        assertThat(command.err()).contains(channel().resolve("5001") + ": is not a directory (a link is not followed)");
        assertThat(facts(directory)).startsWith("0:0 ");
    }
}

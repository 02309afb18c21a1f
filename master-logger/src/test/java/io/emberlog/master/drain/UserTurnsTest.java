package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.UserFolders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserTurnsTest {
    @TempDir
    Path temp;

    private final UserTurns turns = new UserTurns();
    private final List<RingSession> sessions = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private ChannelDirectory channel;

    @BeforeEach
    void openChannel() throws Exception {
        channel = ChannelDirectory.open(temp.resolve("channel"));
    }

    private void add(String name, int uid) throws Exception {
        sessions.add(new HeldRing(channel, uid < 0 ? UUID.randomUUID() : UserFolders.newRingUuid(uid)).session);
        names.add(name);
    }

    /** Names in the order of the visits of one pass. */
    private String pass(int visits) {
        return pass(visits, "");
    }

    private String pass(int visits, String leftOut) {
        int count = turns.begin(sessions, session -> !leftOut.contains(names.get(sessions.indexOf(session))));
        assertThat(count).isEqualTo(sessions.size() - leftOut.length());
        StringBuilder visited = new StringBuilder();
        for (int i = 0; i < visits; i++) {
            visited.append(names.get(sessions.indexOf(turns.at(i))));
        }
        turns.end(visits);
        return visited.toString();
    }

    @Test
    void ringsOfOneUserTakeTurnsWhereTheLastPassStopped() throws Exception {
        for (String name : List.of("a", "b", "c", "d")) {
            add(name, -1);
        }
        assertThat(pass(2)).isEqualTo("ab");
        assertThat(pass(3)).isEqualTo("cda");
        assertThat(pass(1)).isEqualTo("b");
        assertThat(pass(0)).isEmpty();
        assertThat(pass(4)).isEqualTo("cdab");
        assertThat(pass(4)).as("after all of them, the next one is first").isEqualTo("dabc");
    }

    @Test
    void usersTakeTurnsHoweverManyRingsEachHas() throws Exception {
        for (String name : List.of("a", "b", "c", "d")) {
            add(name, 1001);
        }
        add("x", 1002);
        add("p", 1003);
        add("q", 1003);
        assertThat(pass(7)).isEqualTo("axpbqcd");
        // all were visited: the next user begins, and in each the next ring
        assertThat(pass(3)).isEqualTo("xqb");
        assertThat(pass(3)).isEqualTo("xpc");
        assertThat(pass(2)).isEqualTo("xq");
        assertThat(pass(4)).isEqualTo("dxpa");
    }

    @Test
    void ringsThatEndLeaveTheirUsersTurnToTheRest() throws Exception {
        add("a", 1001);
        add("x", 1002);
        add("b", 1001);
        assertThat(pass(3)).isEqualTo("axb");
        sessions.remove(1);
        names.remove(1);
        assertThat(pass(2)).hasSize(2).contains("a", "b");
        sessions.clear();
        names.clear();
        assertThat(pass(0)).isEmpty();
        add("y", 1004);
        assertThat(pass(1)).isEqualTo("y");
    }

    @Test
    void ringsThatAPassLeavesOutLoseNoTurn() throws Exception {
        for (String name : List.of("a", "b", "c", "d")) {
            add(name, 1001);
        }
        add("x", 1002);
        assertThat(pass(2)).isEqualTo("ax");
        assertThat(pass(1, "bx")).as("the one behind it").isEqualTo("c");
        assertThat(pass(4, "x")).as("all that it visits").isEqualTo("dabc");
        assertThat(pass(2, "bcd")).as("after a user that was left out").isEqualTo("xa");
        assertThat(pass(0, "abcdx")).isEmpty();
        assertThat(pass(5)).isEqualTo("bxcda");
    }
}

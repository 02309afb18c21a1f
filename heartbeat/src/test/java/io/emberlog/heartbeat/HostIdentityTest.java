package io.emberlog.heartbeat;

import static io.emberlog.heartbeat.HostIdentity.Reach.FOREIGN;
import static io.emberlog.heartbeat.HostIdentity.Reach.MACHINE;
import static io.emberlog.heartbeat.HostIdentity.Reach.PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostIdentityTest {

    @ParameterizedTest(name = "ours {0} {1} {2}, theirs {3} {4} {5}: {6}")
    @CsvSource({
        "b,  m,  p,  b,  m,  p,  PROCESS",
        "b,  '', p,  b,  '', p,  PROCESS",
        "b,  m,  p,  b,  m,  q,  MACHINE",
        "b,  m,  '', b,  m,  '', MACHINE",
        "b,  m,  p,  b,  '', p,  MACHINE",
        "b,  m,  p,  c,  m,  p,  MACHINE",
        "'', m,  p,  '', m,  p,  MACHINE",
        "b,  m,  p,  b,  n,  p,  FOREIGN",
        "b,  m,  p,  c,  n,  p,  FOREIGN",
        "b,  m,  p,  c,  '', p,  FOREIGN",
        "'', '', '', '', '', '', FOREIGN",
    })
    void pidsAreComparedOnlyWhereTheyMeanTheSame(
            String boot,
            String machine,
            String pids,
            String theirBoot,
            String theirMachine,
            String theirPids,
            HostIdentity.Reach reach) {
        HostIdentity ours = new HostIdentity(boot, machine, pids, true);

        assertThat(ours.reach(Identities.of(1, 1, theirBoot, theirMachine, theirPids)))
                .isEqualTo(reach);
    }

    @Test
    void ourOwnIdentityIsReadFromTheKernel() {
        HostIdentity host = HostIdentity.read();

        assertThat(host.bootId()).matches("[0-9a-f-]{36}");
        assertThat(host.pidNamespace()).matches("pid:\\[\\d+]");
        assertThat(host.reach(Identities.self())).isEqualTo(PROCESS);
        assertThat(host.reach(Identities.inOtherPidNamespace())).isEqualTo(MACHINE);
        assertThat(host.reach(Identities.onOtherMachine())).isIn(FOREIGN, MACHINE);
    }
}

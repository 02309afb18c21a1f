package io.emberlog.samples.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A worker that is killed while its records wait in staging areas, with an interval that never ends. */
class StagedKillTest {
    private static final int CALLS = 200;

    @Test
    void whatIsStagedWhenItsWorkerIsKilledIsDeliveredOnceLongBeforeTheIntervalIsOver() throws IOException {
        StormRun.run("staged-kill", run -> {
            Process worker =
                    run.producer("worker", 2, CALLS, 0, "EMBERLOG_FLUSH_INTERVAL=60s", "EMBERLOG_BATCH_BYTES=512K");
            Waiting.until("the worker to have made its calls", StormRun.LIMIT, () -> {
                AcknowledgementFile account = run.account("worker");
                return account != null && account.issued() == 2 * CALLS;
            });
            Children.kill(worker);
            Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory));
            master.start();
            master.awaitRingsGone(StormRun.LIMIT);
            assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
            Judgement judgement = run.judge();
            assertThat(judgement.sum("acknowledged"))
                    .as("all but the calls that the kill cut short")
                    .isGreaterThanOrEqualTo(2 * CALLS - 2L);
            assertThat(judgement.sum("delivered")).isGreaterThanOrEqualTo(judgement.sum("acknowledged"));
        });
    }
}

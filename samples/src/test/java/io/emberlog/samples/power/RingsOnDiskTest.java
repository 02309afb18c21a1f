package io.emberlog.samples.power;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.RunDirectory;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The power fails under a worker whose ring is on a disk. Alone: {@code .ci/storm RingsOnDiskTest 10 42}. The seed makes the choice of
 * pages that get to the disk the same, not their contents.
 */
class RingsOnDiskTest {
    private static final int RING = 2 << 20;
    private static final int PAGE = 4096;
    private static final int HEADER = PAGE;
    private static final Path MACHINE_ID = Path.of("/etc/machine-id");
    private static final Pattern SALVAGED = Pattern.compile("salvaged after a reboot: (\\d+) records, (\\d+) gaps");

    @ParameterizedTest
    @EnumSource
    void whatAPowerCutLeftOfARingIsDeliveredAndNothingIsDoubledAlteredOrInvented(LoopDisk.Kind kind)
            throws IOException {
        boolean known = Files.exists(MACHINE_ID) && Files.size(MACHINE_ID) > 1;
        if (!known && "true".equals(System.getenv("CI"))) {
            Assertions.fail("this machine lacks " + MACHINE_ID);
        }
        Assumptions.assumeTrue(known, "skipped: this machine lacks " + MACHINE_ID);
        LabRun.of(Fault.RINGS_ON_DISK, kind.toString(), 0.5, lab -> {
            for (int round = 0; round < lab.count(); round++) {
                try (LoopDisk disk = LoopDisk.create(kind, 64)) {
                    String name = "ring-on-" + kind;
                    RunDirectory directory = RunDirectory.createWithRingsIn(
                            "emberlog-" + name + "-", disk.path().resolve("rings"));
                    StormRun.run(name, lab.seed() + round, directory, run -> cut(run, disk));
                    lab.madeOne();
                }
            }
        });
    }

    private static void cut(StormRun run, LoopDisk disk) throws Exception {
        Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory));
        master.start();
        Process worker = run.producer("disk", 3, 1_000_000, 100_000, "EMBERLOG_RING_SIZE=" + RING / 1024 + "K");
        awaitCalls(run, 2_000);
        master.kill();
        Path ring = run.directory.ringFiles().get(0);
        Random random = new Random(run.seed);
        writePages(ring, List.of("fsync")); // so that there is something, whatever the kernel makes of the rest
        awaitCalls(run, 1_000);
        List<String> some = new ArrayList<>();
        for (int page = 0; page < RING / PAGE; page++) {
            if (random.nextInt(3) > 0) {
                some.add("sync_range -w -a " + (HEADER + page * PAGE) + " " + PAGE);
            }
        }
        writePages(ring, some);
        awaitCalls(run, 200); // of these, most probably, nothing
        disk.cutPower();
        worker.destroyForcibly().waitFor(); // if its mapping of a disk without power has not ended it
        disk.remount();

        Path boot = Files.writeString(run.directory.root().resolve("boot_id"), UUID.randomUUID() + "\n");
        List<String> rebooted = List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"",
                boot.toString());
        master.under(builder -> {
            builder.command().addAll(0, rebooted);
            return builder;
        });
        master.start();
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();

        Judgement judgement = Judgement.of(run.children, run.directory, StormRun.LIMIT);
        Matcher said = SALVAGED.matcher(GrowingFile.text(run.directory.output()));
        assertThat(said.find()).as("the master tells of the ring").isTrue();
        StormRun.say(said.group() + "; acknowledged " + judgement.sum("acknowledged") + ", delivered "
                + judgement.sum("delivered") + ", lost " + judgement.sum("lost"));
        StormRun.assertZero(judgement, "doubled", "altered", "invented", "out_of_order");
        assertThat(judgement.count("invented")).isZero();
        assertThat(judgement.count("sequence_breaks")).isZero();
        assertThat(Long.parseLong(said.group(1))).as("records salvaged").isPositive();
        assertThat(judgement.deaths()).singleElement().asString().contains("ended with an earlier boot");
    }

    private static void awaitCalls(StormRun run, long more) throws IOException {
        long from = run.issued("disk");
        Waiting.until(more + " more calls", StormRun.LIMIT, () -> run.issued("disk") >= from + more);
    }

    /** What the kernel does by itself from time to time: writes dirty pages, all or some. */
    private static void writePages(Path file, List<String> commands) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("xfs_io"));
        commands.forEach(one -> command.addAll(List.of("-c", one)));
        command.add(file.toString());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        assertThat(builder.inheritIO().start().waitFor()).isZero();
    }
}

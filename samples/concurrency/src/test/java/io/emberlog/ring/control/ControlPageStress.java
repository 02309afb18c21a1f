package io.emberlog.ring.control;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.emberlog.message.Level;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The two copies of the control page, read while they are overwritten. */
public final class ControlPageStress {
    private static final int PAGES = 256;
    private static final ControlPage[] POOL = new ControlPage[PAGES];
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final ControlSnapshot[] CONTENT = {content(1), content(2), content(3)};

    private ControlPageStress() {}

    private static ControlSnapshot content(long sequence) {
        LevelRule rule = new LevelRule(
                "logger" + sequence, LevelRule.EVERY_WORKER, new Level("INFO", 9), sequence, sequence, 0, sequence, 0);
        return new ControlSnapshot(sequence, List.of(rule));
    }

    private static synchronized ControlPage page(int index) {
        if (POOL[index] == null) {
            try {
                Path directory = Files.createTempDirectory("emberlog-stress");
                new ControlPageWriter(directory)
                        .change(
                                new TestClock(),
                                (holding, sequence) -> content(1).rules());
                POOL[index] = ControlPage.open(
                        directory,
                        MapMode.READ_WRITE,
                        Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
                for (String name : List.of(ControlPageDescriptor.FILE_NAME, ControlPageDescriptor.LOCK_NAME)) {
                    Files.delete(directory.resolve(name)); // the mapping stays
                }
                Files.delete(directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return POOL[index];
    }

    @JCStressTest
    @Description("A page is changed twice while it is read: one of the three contents, or nothing for now.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the content before")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "the first change")
    @Outcome(id = "3", expect = ACCEPTABLE, desc = "the second change")
    @Outcome(id = "nothing", expect = ACCEPTABLE, desc = "both copies were overwritten meanwhile: polled again")
    @Outcome(expect = FORBIDDEN, desc = "a mixture")
    @State
    public static class ChangeAndRead {
        private final ControlPage page = page(Math.floorMod(NEXT.getAndIncrement(), PAGES));
        private final VarHandleBuffer buffer = page.buffer();

        public ChangeAndRead() {
            ControlPageWriter.write(buffer, ControlPageDescriptor.copyOffset(0), CONTENT[0]);
            buffer.putLongVolatile(ControlPageDescriptor.copyOffset(1) + ControlPageDescriptor.SEQUENCE_OFFSET, 0);
        }

        @Actor
        public final void writer() {
            ControlPageWriter.write(buffer, ControlPageDescriptor.copyOffset(1), CONTENT[1]);
            ControlPageWriter.write(buffer, ControlPageDescriptor.copyOffset(0), CONTENT[2]);
        }

        @Actor
        public final void reader(L_Result result) {
            ControlSnapshot found = page.read();
            if (found == null) {
                result.r1 = "nothing";
            } else {
                int expected = (int) found.sequence() - 1;
                boolean whole = expected >= 0
                        && expected < CONTENT.length
                        && found.rules().equals(CONTENT[expected].rules());
                result.r1 = whole ? Long.toString(found.sequence()) : "mixture: " + found;
            }
        }
    }
}

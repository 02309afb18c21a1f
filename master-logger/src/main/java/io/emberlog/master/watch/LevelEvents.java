package io.emberlog.master.watch;

import io.emberlog.master.drain.MasterEvents;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import io.emberlog.ring.control.Clock;
import io.emberlog.ring.control.ControlPage;
import io.emberlog.ring.control.ControlSnapshot;
import io.emberlog.ring.control.LevelRule;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells, as records of the master, which level rules of the control page come into force and which end. The master has no
 * part in their effect. The watch thread only.
 */
final class LevelEvents {
    private static final long CHECK_NS = TimeUnit.SECONDS.toNanos(1);

    private final Path channel;
    private final File file;
    private final MasterEvents events;
    private final Clock clock;
    private ControlPage page;
    private long nextCheckNs;
    private ControlSnapshot content = ControlSnapshot.NOTHING;
    private Set<LevelRule> told = Set.of();
    private String complaint = "";

    LevelEvents(Path channel, MasterEvents events, Clock clock) {
        this.channel = channel;
        this.file = ControlPage.pathIn(channel).toFile();
        this.events = events;
        this.clock = clock;
        this.nextCheckNs = clock.monotonicNs();
    }

    /** One look: two reads of memory while nothing changes, one {@code stat} while there is no page. */
    void look() {
        try {
            if (isThere() && page.sequence() != content.sequence()) {
                ControlSnapshot found = page.read();
                content = found != null && found.sequence() > content.sequence() ? found : content;
            }
            tell();
        } catch (IOException | InternalError e) {
            page = null;
            complain("level rules cannot be read: " + (e instanceof IOException ? IoReason.of(e) : e.getMessage()));
        }
    }

    private boolean isThere() throws IOException {
        long now = clock.monotonicNs();
        if (now - nextCheckNs < 0) {
            return page != null;
        }
        if (page != null && !page.isInPlace()) {
            page = null;
        }
        if (page == null) {
            if (!file.exists()) {
                return false;
            }
            nextCheckNs = now + CHECK_NS;
            page = ControlPage.open(channel);
            content = new ControlSnapshot(0, content.rules());
        }
        nextCheckNs = now + CHECK_NS;
        return page != null;
    }

    /** Not again and again. */
    private void complain(String what) {
        if (!what.equals(complaint)) {
            complaint = what;
            events.add(Level.ERROR, MasterEvents.MASTER_LOGGER, "{}", new Object[] {what});
        }
    }

    private void tell() {
        Set<LevelRule> holding = new LinkedHashSet<>();
        for (LevelRule rule : content.rules()) {
            if (rule.leftNs(clock) > 0) {
                holding.add(rule);
            }
        }
        if (holding.equals(told)) {
            return;
        }
        for (LevelRule rule : told) {
            if (!holding.contains(rule)) {
                tell("level {}={} is no longer in force in workers {}", "level ended", rule);
            }
        }
        for (LevelRule rule : holding) {
            if (!told.contains(rule)) {
                tell(
                        rule.forNs() == 0
                                ? "level {}={} is in force in workers {}"
                                : "level {}={} is in force in workers {} for {} s",
                        "level set",
                        rule);
            }
        }
        told = holding;
    }

    private void tell(String template, String event, LevelRule rule) {
        events.add(
                Level.INFO,
                MasterEvents.MASTER_LOGGER,
                template,
                new Object[] {
                    rule.logger().isEmpty() ? "*" : rule.logger(),
                    rule.level().name(),
                    rule.worker(),
                    TimeUnit.NANOSECONDS.toSeconds(rule.forNs() == 0 ? 0 : rule.leftNs(clock))
                },
                new MasterEvents.Field("event", event));
    }
}

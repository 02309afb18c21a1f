package io.emberlog.master.level;

import io.emberlog.message.Level;
import io.emberlog.ring.control.Clock;
import io.emberlog.ring.control.ControlPage;
import io.emberlog.ring.control.ControlPageWriter;
import io.emberlog.ring.control.ControlSnapshot;
import io.emberlog.ring.control.LevelRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Reads and changes the level rules of a channel. One thread. */
public final class ChannelLevels {
    private final Path channel;
    private final Clock clock = Clock.ofThisProcess();

    public ChannelLevels(Path channel) {
        this.channel = channel;
    }

    /**
     * What the page says; {@link ControlSnapshot#NOTHING} when there is none.
     *
     * @throws IOException when it cannot be trusted, read, or is broken
     */
    public ControlSnapshot read() throws IOException {
        ControlPage page = ControlPage.open(channel);
        if (page == null) {
            return ControlSnapshot.NOTHING;
        }
        ControlSnapshot content = page.read();
        if (content == null) {
            throw new IOException("control page " + page.path()
                    + " is broken: neither of its copies is whole; the next level set repairs it");
        }
        return content;
    }

    /** Time left of a rule, in ns: 0 or less when it is over, {@link Long#MAX_VALUE} when it has no end. */
    public long leftNs(LevelRule rule) {
        return rule.leftNs(clock);
    }

    public boolean holds(LevelRule rule) {
        return leftNs(rule) > 0;
    }

    /**
     * Sets a level for each logger prefix, in workers of such names.
     *
     * @param forNs how long, 0 = until unset
     * @return what the page says then
     * @throws IllegalArgumentException for a name that cannot be, or when the rules do not fit
     */
    public ControlSnapshot set(Map<String, Level> levels, String worker, long forNs) throws IOException {
        // a rule that cannot be is refused before there is a page
        levels.forEach((logger, level) -> new LevelRule(logger, worker, level, 0, 0, forNs, 0, 0));
        return new ControlPageWriter(channel).change(clock, (holding, sequence) -> {
            List<LevelRule> rules = new ArrayList<>(holding);
            long epochNs = clock.epochNs();
            long monotonicNs = clock.monotonicNs();
            levels.forEach((logger, level) -> {
                LevelRule rule =
                        new LevelRule(logger, worker, level, sequence, epochNs, forNs, monotonicNs, clock.id());
                rules.removeIf(rule::isForTheSame);
                rules.add(rule);
            });
            return rules;
        });
    }

    /**
     * Takes rules back.
     *
     * @return the rules that went; they had time left
     */
    public List<LevelRule> unset(Predicate<LevelRule> which) throws IOException {
        List<LevelRule> gone = new ArrayList<>();
        new ControlPageWriter(channel).change(clock, (holding, sequence) -> {
            gone.clear();
            List<LevelRule> rules = new ArrayList<>();
            holding.forEach(rule -> (which.test(rule) ? gone : rules).add(rule));
            return rules;
        });
        return gone;
    }
}

package io.emberlog.master.silence;

import java.util.List;

/** Those that hold at one moment, by id. Immutable. */
public record SilenceSet(List<Silence> silences) {
    public static final SilenceSet NONE = new SilenceSet(List.of());

    public SilenceSet {
        silences = List.copyOf(silences);
    }

    /** Those that mute one handler. */
    public List<Silence> of(String handler, boolean alerts) {
        return silences.stream().filter(each -> each.mutes(handler, alerts)).toList();
    }
}

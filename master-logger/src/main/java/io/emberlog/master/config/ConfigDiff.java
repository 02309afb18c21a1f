package io.emberlog.master.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What would change if a master that runs were told another configuration.
 *
 * @param gone names of handlers that are there no more
 * @param come handlers that are new, or are there with other settings
 * @param changes one text for each change, {@code key old -> new}, secrets as {@code "***"}; empty when nothing changes
 */
public record ConfigDiff(Set<String> gone, List<HandlerConfig> come, List<String> changes) {
    /**
     * @throws ConfigException naming every change that takes a restart
     */
    public static ConfigDiff between(MasterConfig before, MasterConfig after) throws ConfigException {
        Problems problems = new Problems();
        List<String> changes = new ArrayList<>();
        Map<String, EffectiveSetting> old = new HashMap<>();
        before.settings().forEach(setting -> old.put(setting.dotted(), setting));
        for (EffectiveSetting setting : after.settings()) {
            EffectiveSetting was = old.get(setting.dotted());
            if (isOfAHandler(setting) || Objects.equals(was.value(), setting.value())) {
                continue;
            }
            if (setting.key().isLive()) {
                changes.add(change(setting.dotted(), was, setting));
            } else {
                problems.add(
                        setting.origin(),
                        setting.dotted(),
                        "needs a restart to change from " + text(was) + " to " + text(setting)
                                + "; allowed in a reload: what it is now");
            }
        }
        problems.check();
        Map<String, HandlerConfig> left = new HashMap<>();
        before.handlers().forEach(handler -> left.put(handler.name(), handler));
        List<HandlerConfig> come = new ArrayList<>();
        for (HandlerConfig handler : after.handlers()) {
            HandlerConfig was = left.remove(handler.name());
            if (!handler.equals(was)) {
                come.add(handler);
                changes.add(was == null ? "handler " + handler.name() + " added" : changes(handler, old, after));
            }
        }
        before.handlers().stream()
                .filter(handler -> left.containsKey(handler.name()))
                .forEach(handler -> changes.add("handler " + handler.name() + " removed"));
        return new ConfigDiff(Set.copyOf(new HashSet<>(left.keySet())), List.copyOf(come), List.copyOf(changes));
    }

    private static boolean isOfAHandler(EffectiveSetting setting) {
        return setting.section().startsWith(ConfigKeys.HANDLER.name() + '.');
    }

    private static String changes(HandlerConfig handler, Map<String, EffectiveSetting> old, MasterConfig after) {
        String section = ConfigKeys.HANDLER.name() + '.' + handler.name();
        List<String> changes = new ArrayList<>();
        for (EffectiveSetting setting : after.settings()) {
            if (setting.section().equals(section)) {
                EffectiveSetting was = old.get(setting.dotted());
                if (was == null || !Objects.equals(was.value(), setting.value())) {
                    changes.add(change(setting.key().name(), was, setting));
                }
            }
        }
        return "handler " + handler.name() + ": " + String.join(", ", changes);
    }

    private static String change(String name, EffectiveSetting was, EffectiveSetting is) {
        return name + ' ' + text(was) + " -> " + text(is);
    }

    private static String text(EffectiveSetting setting) {
        return setting == null || setting.value() == null ? "not set" : setting.text();
    }
}

package io.emberlog.worker.slf4j;

import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.helpers.ThreadLocalMapOfStacks;
import org.slf4j.spi.MDCAdapter;

/**
 * The diagnostic context of each thread; not inherited by threads that it starts. Holds only classes of the JDK in its
 * thread-locals, so that a pooled thread keeps no class loader alive. Not final for tests alone.
 */
class ThreadMdcAdapter implements MDCAdapter {
    private final ThreadLocal<Map<String, String>> context = new ThreadLocal<>();
    private final ThreadLocalMapOfStacks stacks = new ThreadLocalMapOfStacks();

    /** The live map of this thread, for reading at once; null when there is none. */
    Map<String, String> current() {
        return context.get();
    }

    @Override
    public void put(String key, String value) {
        if (key == null) {
            throw new IllegalArgumentException("key cannot be null");
        }
        Map<String, String> map = context.get();
        if (map == null) {
            map = new HashMap<>();
            context.set(map);
        }
        map.put(key, value);
    }

    @Override
    public String get(String key) {
        Map<String, String> map = context.get();
        return map == null || key == null ? null : map.get(key);
    }

    @Override
    public void remove(String key) {
        Map<String, String> map = context.get();
        if (map != null && key != null) {
            map.remove(key);
            if (map.isEmpty()) {
                context.remove();
            }
        }
    }

    @Override
    public void clear() {
        context.remove();
    }

    @Override
    public Map<String, String> getCopyOfContextMap() {
        Map<String, String> map = context.get();
        return map == null ? null : new HashMap<>(map);
    }

    @Override
    public void setContextMap(Map<String, String> map) {
        if (map == null || map.isEmpty()) {
            context.remove();
        } else {
            context.set(new HashMap<>(map));
        }
    }

    @Override
    public void pushByKey(String key, String value) {
        stacks.pushByKey(key, value);
    }

    @Override
    public String popByKey(String key) {
        return stacks.popByKey(key);
    }

    @Override
    public Deque<String> getCopyOfDequeByKey(String key) {
        return stacks.getCopyOfDequeByKey(key);
    }

    @Override
    public void clearDequeByKey(String key) {
        stacks.clearDequeByKey(key);
    }
}

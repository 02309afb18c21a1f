package io.emberlog.master.fanout;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The file system, with something that happens at one step. */
final class FaultyFiles implements CheckpointFiles {
    /** In the order in which a store takes them. */
    enum Step {
        CREATE,
        WRITE_SOME,
        WRITE,
        FORCE,
        RENAME,
        FORCE_DIRECTORY
    }

    /** Stands for the end of the process; nobody may catch it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What happens around a step. */
    interface Hook {
        void at(Step step, boolean before, int times) throws IOException;
    }

    final List<Step> steps = new ArrayList<>();
    private final Hook hook;

    FaultyFiles(Hook hook) {
        this.hook = hook;
    }

    static FaultyFiles killAfter(Step which) {
        return new FaultyFiles((step, before, times) -> {
            if (step == which && !before) {
                throw new Killed();
            }
        });
    }

    static FaultyFiles killBefore(Step which) {
        return new FaultyFiles((step, before, times) -> {
            if (step == which && before) {
                throw new Killed();
            }
        });
    }

    static FaultyFiles failOnceAt(Step which) {
        return failAt(which, 1);
    }

    static FaultyFiles failAt(Step which, int time) {
        boolean[] done = {false};
        return new FaultyFiles((step, before, times) -> {
            if (step == which && before && times == time && !done[0]) {
                done[0] = true;
                throw new IOException("injected at " + step);
            }
        });
    }

    static FaultyFiles callAfter(Step which, Runnable call) {
        return new FaultyFiles((step, before, times) -> {
            if (step == which && !before) {
                call.run();
            }
        });
    }

    @Override
    public Temp create(Path file) throws IOException {
        before(Step.CREATE);
        Temp real = REAL.create(file);
        try {
            after(Step.CREATE);
        } catch (Killed e) {
            real.close();
            throw e;
        }
        return new Temp() {
            @Override
            public void write(byte[] bytes) throws IOException {
                before(Step.WRITE_SOME);
                real.write(Arrays.copyOf(bytes, bytes.length / 2));
                after(Step.WRITE_SOME);
                before(Step.WRITE);
                real.write(Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length));
                after(Step.WRITE);
            }

            @Override
            public void force() throws IOException {
                before(Step.FORCE);
                real.force();
                after(Step.FORCE);
            }

            @Override
            public void close() throws IOException {
                real.close();
            }
        };
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        before(Step.RENAME);
        REAL.rename(from, to);
        after(Step.RENAME);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        before(Step.FORCE_DIRECTORY);
        REAL.forceDirectory(directory);
        after(Step.FORCE_DIRECTORY);
    }

    @Override
    public byte[] read(Path file, int limit) throws IOException {
        return REAL.read(file, limit);
    }

    private void before(Step step) throws IOException {
        steps.add(step);
        hook.at(step, true, times(step));
    }

    private void after(Step step) throws IOException {
        hook.at(step, false, times(step));
    }

    private int times(Step step) {
        return (int) steps.stream().filter(s -> s == step).count();
    }
}

package io.emberlog.master.fanout;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;

/** What a handler's thread and the master share of a checkpoint, for Lincheck. */
public final class LincheckCheckpoint {
    private LincheckCheckpoint() {}

    /** Encoding is between one thread and its own arrays. */
    public static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .addGuarantee(forClasses(CheckpointDescriptor.class.getName())
                        .allMethods()
                        .ignore())
                .addCustomScenario(scenario(List.of("store"), List.of("close", "renames")));
    }

    /** In two threads. */
    private static ExecutionScenario scenario(List<String> first, List<String> second) {
        return new ExecutionScenario(List.of(), List.of(actors(first), actors(second)), List.of(), null);
    }

    private static List<Actor> actors(List<String> methods) {
        List<Actor> actors = new ArrayList<>();
        for (String method : methods) {
            try {
                actors.add(new Actor(StoreAndClose.class.getMethod(method), List.of()));
            } catch (NoSuchMethodException e) {
                throw new IllegalArgumentException(e);
            }
        }
        return actors;
    }

    /** Behind {@link CheckpointStore#close} nothing is stored, and nobody sees that anything still is. */
    public static final class StoreAndClose {
        private final MemoryCheckpointFiles files = new MemoryCheckpointFiles();
        private final CheckpointStore store =
                new CheckpointStore(Path.of("state"), "handler", files, (what, cause) -> {});
        private int stored;

        @Operation(nonParallelGroup = "handler")
        public String store() {
            try {
                store.store(new Checkpoint(++stored, 1, stored, new byte[0]));
                return "stored";
            } catch (IOException closed) {
                return "refused";
            }
        }

        @Operation(nonParallelGroup = "master")
        public void close() {
            store.close();
        }

        @Operation(nonParallelGroup = "master")
        public int renames() {
            return files.renames();
        }
    }
}

package io.emberlog.samples.demo;

import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.RunDirectory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the demo went.
 *
 * @param killed the worker that was killed
 * @param masterExit exit code of the last master after SIGTERM
 */
record DemoResult(RunDirectory directory, String killed, Judgement judgement, int masterExit, double seconds) {
    /** Columns of the table and keys of the JSON. */
    static final List<String> COLUMNS =
            List.of("acknowledged", "delivered", "lost", "doubled", "altered", "out_of_order");

    boolean isWell() {
        return judgement.isClean() && masterExit == 0 && death() != null;
    }

    /** The master's record of the killed worker; null when it has not noticed. */
    Map<String, Object> death() {
        return judgement.deaths().stream()
                .filter(death -> killed.equals(death.get("worker")))
                .findFirst()
                .orElse(null);
    }

    /** Further files and commands, by what they are for. */
    Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("directory", directory.root().toString());
        files.put("output_json", directory.output().toString());
        files.put("output_text", directory.log().resolve("out.log").toString());
        files.put("acknowledgements", directory.acks().toString());
        files.put("journal", directory.state().toString());
        return files;
    }

    List<String> commands() {
        return List.of(
                "./emberlog replay " + directory.state() + " --worker " + killed + " | tail -n 3",
                "./emberlog replay " + directory.state() + " --logger emberlog.worker",
                "./emberlog tail --config " + directory.config() + " --no-follow --level warn");
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ok", isWell());
        json.put("seconds", seconds);
        json.put("workers", judgement.workers());
        json.put("death", death());
        json.put("master_exit", masterExit);
        json.put("findings", new ArrayList<>(judgement.findings()));
        json.put("files", files());
        json.put("look_further", commands());
        return json;
    }
}

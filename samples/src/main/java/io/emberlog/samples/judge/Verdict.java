package io.emberlog.samples.judge;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The whole judgement.
 *
 * @param lines lines read
 * @param malformed of them, those that are no JSON object; and files that end with half a line
 * @param invented messages in the output that look like a producer's and are of nobody known
 * @param sequenceBreaks records whose {@code seq} is not one above that of the record before
 * @param deaths the master's records of dead workers: worker, reason, detected_after_ms
 * @param findings what is wrong beyond the single workers
 */
record Verdict(
        long lines,
        long malformed,
        long invented,
        long sequenceBreaks,
        List<WorkerVerdict> workers,
        List<Map<String, Object>> deaths,
        List<String> findings) {

    boolean isClean() {
        return malformed == 0
                && invented == 0
                && sequenceBreaks == 0
                && findings.isEmpty()
                && workers.stream().allMatch(WorkerVerdict::isClean);
    }

    void print(PrintStream out) {
        List<List<String>> rows = new ArrayList<>();
        for (WorkerVerdict worker : workers) {
            if (rows.isEmpty()) {
                rows.add(List.copyOf(worker.columns().keySet()));
            }
            rows.add(worker.columns().values().stream().map(Object::toString).toList());
        }
        Table.print(out, rows);
        workers.forEach(worker -> worker.findings().forEach(out::println));
        findings.forEach(out::println);
        out.println(lines + " lines, " + workers.size() + " workers, " + deaths.size() + " deaths, "
                + (isClean() ? "everything acknowledged is there exactly once" : "NOT CLEAN"));
    }

    void printJson(OutputStream out) {
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out)) {
            Map<String, Object> whole = new LinkedHashMap<>();
            whole.put("ok", isClean());
            whole.put("lines", lines);
            whole.put("malformed", malformed);
            whole.put("invented", invented);
            whole.put("sequence_breaks", sequenceBreaks);
            whole.put("workers", workers.stream().map(WorkerVerdict::columns).toList());
            whole.put("deaths", deaths);
            List<String> all = new ArrayList<>(findings);
            workers.forEach(worker -> all.addAll(worker.findings()));
            whole.put("findings", all);
            JsonText.write(json, whole);
        }
    }
}

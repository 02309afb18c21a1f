package io.emberlog.samples.judge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of one worker's calls. issued = delivered + dropped + refused + unfinished.
 *
 * @param synced acknowledged, and then reported synced
 * @param delivered of its messages, how many are in the output, each counted once
 * @param lost acknowledged and not in the output
 * @param lostSynced of those, reported synced
 * @param doubled further copies in the output
 * @param altered in the output under its name, and not what it logged
 * @param invented in the output under its name, and never logged
 * @param outOfOrder behind a later message of the same thread
 * @param dropped calls that returned false, without the refused ones
 * @param refused calls that returned false since a check refused the record, as the master tells at the ring's end
 * @param unfinished calls that a kill cut short and that left no record
 * @param arrived calls that returned false, since the ring failed or was sealed under them, and are in the output all the
 *     same; they count as delivered, not as dropped
 * @param reported drops that the output tells of: in reports of the worker's own, or at its ring's end
 * @param balanced the sum above holds
 * @param reportsHold in-band reports and the master's account of the ring agree with what the worker counted
 * @param findings examples of what is wrong
 */
record WorkerVerdict(
        String worker,
        long issued,
        long acknowledged,
        long synced,
        long delivered,
        long lost,
        long lostSynced,
        long doubled,
        long altered,
        long invented,
        long outOfOrder,
        long dropped,
        long refused,
        long unfinished,
        long arrived,
        long reported,
        boolean balanced,
        boolean reportsHold,
        List<String> findings) {

    boolean isClean() {
        return lost + doubled + altered + invented + outOfOrder == 0 && balanced && reportsHold;
    }

    /** Columns of the table and keys of the JSON, in this order. */
    Map<String, Object> columns() {
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("worker", worker);
        columns.put("issued", issued);
        columns.put("acknowledged", acknowledged);
        columns.put("synced", synced);
        columns.put("delivered", delivered);
        columns.put("lost", lost);
        columns.put("lost_synced", lostSynced);
        columns.put("doubled", doubled);
        columns.put("altered", altered);
        columns.put("invented", invented);
        columns.put("out_of_order", outOfOrder);
        columns.put("dropped", dropped);
        columns.put("refused", refused);
        columns.put("unfinished", unfinished);
        columns.put("arrived", arrived);
        columns.put("reported", reported);
        return columns;
    }
}

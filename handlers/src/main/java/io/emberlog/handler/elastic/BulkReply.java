package io.emberlog.handler.elastic;

import io.emberlog.handler.delivery.Reply;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.JsonAnswer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a bulk answer means for each record, by the status of its item: 2xx took it; 409 says that it was there already; 400 will never
 * take it, unless the index takes none, which is closed or may not be made; all else (429, 403 of an index that is blocked since the disk is full, 404 of one that may not be made, 5xx) is about the
 * moment, and the record comes again. Stateless.
 */
final class BulkReply {
    /** Bytes of an answer: some hundreds for each record that is refused. */
    static final int MAX_ANSWER = 16 * 1024 * 1024;

    private static final String SERVICE = "Elasticsearch";
    private static final int CONFLICT = 409;
    private static final Set<String> INDEX_ERRORS =
            Set.of("index_closed_exception", "invalid_index_name_exception", "validation_exception");
    private static final int MAX_REASON = 300;

    private BulkReply() {}

    static Reply of(HttpReply answer, int records) {
        if (!answer.isSuccess()) {
            return answer.toReply(SERVICE);
        }
        if (answer.body().length >= MAX_ANSWER) {
            return Reply.tooLarge(SERVICE + " answered with more than can be read");
        }
        Object json;
        try {
            json = JsonAnswer.parse(answer.text());
        } catch (IllegalArgumentException e) {
            return odd(answer, e.getMessage());
        }
        if (Boolean.FALSE.equals(JsonAnswer.get(json, "errors"))) {
            return Reply.delivered();
        }
        if (!(JsonAnswer.get(json, "items") instanceof List<?> items) || items.size() != records) {
            return odd(answer, "not one item for each of " + records + " records");
        }
        return of(items, answer);
    }

    private static Reply of(List<?> items, HttpReply answer) {
        Map<Integer, String> rejected = new HashMap<>();
        BitSet again = new BitSet();
        String code = "";
        String reason = "";
        for (int i = 0; i < items.size(); i++) {
            Object item = JsonAnswer.get(items.get(i), "create");
            if (!(JsonAnswer.get(item, "status") instanceof Double status)) {
                return odd(answer, "no status in item " + i);
            }
            int number = status.intValue();
            if (number / 100 == 2 || number == CONFLICT) {
                continue;
            }
            Object error = JsonAnswer.get(item, "error");
            String type = String.valueOf(JsonAnswer.get(error, "type"));
            String text = SERVICE + " answered " + number + ' ' + type + ": "
                    + oneLine(String.valueOf(JsonAnswer.get(error, "reason")));
            if (number == 400 && isOfTheIndex(type, String.valueOf(JsonAnswer.get(error, "reason")))) {
                again.set(i);
                text += "; allowed: an index that takes records, or may be made";
            } else if (number == 400) {
                rejected.put(i, text);
                code = code.isEmpty() ? type : code;
            } else {
                again.set(i);
            }
            reason = reason.isEmpty() || again.cardinality() == 1 && again.get(i) ? text : reason;
        }
        return rejected.isEmpty() && again.isEmpty() ? Reply.delivered() : Reply.partly(code, rejected, again, reason);
    }

    /** 400 says both: the document is wrong, and the index takes no document. */
    private static boolean isOfTheIndex(String type, String reason) {
        return INDEX_ERRORS.contains(type)
                || reason.contains("shards open") // the cluster has as many as it may, and the index is to be made
                || reason.startsWith("pipeline with id [");
    }

    private static Reply odd(HttpReply answer, String why) {
        return Reply.unavailable(SERVICE + " answered " + answer.status() + " with something else than a bulk answer ("
                + why + ")" + answer.shown() + "; allowed: the address of Elasticsearch or OpenSearch");
    }

    private static String oneLine(String text) {
        String line = text.codePoints()
                .limit(MAX_REASON)
                .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.strip();
    }
}

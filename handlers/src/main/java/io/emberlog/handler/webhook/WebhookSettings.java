package io.emberlog.handler.webhook;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.http.HttpSettings;
import io.emberlog.handler.http.RequestHeaders;
import io.emberlog.handler.http.SecretForms;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The form of a request.
 *
 * @param authorization value of that header; null for none
 * @param apiKey value of the header {@code apiKeyHeader}; null for none
 * @param signingSecret key of the body's signature; null for none
 * @param gzip whether requests are compressed
 * @param framing of the records' bodies, also where a request holds one of several that it may
 * @param limits of what a request holds, where it is not a group
 */
record WebhookSettings(
        Secret url,
        String method,
        String contentType,
        RequestHeaders headers,
        Secret authorization,
        Secret apiKey,
        String apiKeyHeader,
        Secret signingSecret,
        boolean gzip,
        BodyTemplate body,
        boolean isPerRecord,
        Framing framing,
        BatchLimits limits,
        HttpSettings http) {
    static final SettingKey URL = SettingKey.secret("url", "Where requests go, https://HOST/PATH.")
            .revealed(SecretForms::address)
            .required();
    static final SettingKey METHOD =
            SettingKey.choice("method", "Of HTTP.", "POST", "PUT", "PATCH").orElse("POST");
    static final SettingKey MODE = SettingKey.choice(
                    "mode",
                    "groups = a request for a group of records, when alerting says so; records = one for each record, or for"
                            + " batch_records of them, without the settings of alerting.",
                    "groups",
                    "records")
            .orElse("groups");
    static final SettingKey CONTENT_TYPE = SettingKey.string(
                    "content_type",
                    "Of the body; decides how placeholders are escaped (json, form, xml and html, others not).")
            .otherwise("application/json; application/x-ndjson with framing = \"ndjson\"");
    static final SettingKey BODY = SettingKey.string(
                    "body",
                    "The body, or each record's part of it, with placeholders like {message}; docs/handlers/webhook.md lists them.")
            .otherwise("a JSON object with all of them");
    static final SettingKey AUTHORIZATION = SettingKey.secret(
                    "authorization", "Value of the header Authorization, like Bearer TOKEN.")
            .revealed(SecretForms::header);
    static final SettingKey API_KEY = SettingKey.secret("api_key", "Value of the header that api_key_header names.")
            .revealed(SecretForms::header);
    static final SettingKey API_KEY_HEADER = SettingKey.string("api_key_header", "Name of the header for api_key.")
            .orElse("X-Api-Key");
    static final SettingKey SIGNING_SECRET = SettingKey.secret(
            "secret", "Key of a signature: X-Emberlog-Signature: sha256=HEX, HMAC-SHA-256 of the body.");

    static final SettingKey COMPRESSION =
            SettingKey.choice("compression", "Of requests.", "none", "gzip").orElse("none");
    static final SettingKey BATCH_RECORDS = SettingKey.integer(
                    "batch_records", "With mode = \"records\": most records in one request, joined as framing says.")
            .unit("records")
            .orElse(1)
            .between("1", "100000");
    static final SettingKey FRAMING = SettingKey.choice(
                    "framing",
                    "With a batch_records above 1, how the bodies of records become one: array = a JSON array; ndjson = each a line;"
                            + " concatenated = one behind the other, nothing between them.",
                    "array",
                    "ndjson",
                    "concatenated")
            .orElse("array");

    static final List<SettingKey> KEYS = List.of(
            URL,
            METHOD,
            MODE,
            CONTENT_TYPE,
            BODY,
            RequestHeaders.HEADERS,
            AUTHORIZATION,
            API_KEY,
            API_KEY_HEADER,
            SIGNING_SECRET,
            COMPRESSION,
            BATCH_RECORDS,
            BatchLimits.BATCH_BYTES,
            BatchLimits.LINGER,
            FRAMING);

    /** A request holds one record, as soon as it is there. */
    private static final BatchLimits ONE = new BatchLimits(1, 1, Duration.ZERO);

    private static final String VALUE = "[\\x20-\\x7e\\u00a0-\\u00ff]{0,1000}";

    /** A body is one value; of lines of JSON, say, it is not. */
    private static final Pattern LINES = Pattern.compile("application/(x-)?(ndjson|jsonl|jsonlines|json-lines)");

    private static final Pattern ONE_JSON =
            Pattern.compile("(application|text)/([a-z0-9.+-]+\\+)?json\\s*(;.*)?", Pattern.CASE_INSENSITIVE);

    /** What settings of their own set. */
    private static final String[] OURS = {"Authorization", WebhookClient.SIGNATURE_HEADER};

    static WebhookSettings of(HandlerSettings settings) {
        boolean perRecord = settings.string(MODE).equals("records");
        refuseBatchesOfNone(settings, perRecord);
        boolean inBatches = perRecord && settings.integer(BATCH_RECORDS) > 1;
        Framing framing = inBatches
                ? Framing.valueOf(settings.string(FRAMING).toUpperCase(Locale.ROOT))
                : Framing.CONCATENATED; // of one
        String contentType = settings.isSet(CONTENT_TYPE)
                ? settings.string(CONTENT_TYPE)
                : framing == Framing.NDJSON ? "application/x-ndjson" : "application/json";
        if (!contentType.matches(VALUE) || contentType.isBlank()) {
            throw new IllegalArgumentException("content_type: is no content type; allowed: one like application/json");
        }
        String template = settings.isSet(BODY)
                ? settings.string(BODY)
                : perRecord ? RecordValues.DEFAULT_BODY : NoticeValues.DEFAULT_BODY;
        if (!settings.isSet(BODY) && BodyTemplate.Escape.of(contentType) != BodyTemplate.Escape.JSON) {
            throw new IllegalArgumentException(
                    "body: is missing; allowed: with a content_type other than JSON, a body");
        }
        if (framing == Framing.NDJSON) {
            template = template.strip();
        }
        BodyTemplate body = perRecord
                ? new BodyTemplate(template, contentType, RecordValues.NAMES, Set.of(RecordValues.JSON))
                : new BodyTemplate(template, contentType, NoticeValues.NAMES, Set.of());
        if (inBatches) {
            checkFraming(settings.string(FRAMING), framing, contentType, template, body);
        } else if (ONE_JSON.matcher(contentType).matches()) {
            body.checkJson(perRecord ? RecordValues.NUMBERS : NoticeValues.NUMBERS);
        }
        String apiKeyHeader = settings.string(API_KEY_HEADER);
        RequestHeaders.checkName(API_KEY_HEADER.name(), apiKeyHeader, OURS);
        if (!settings.isSet(API_KEY)) {
            settings.refuseIfChanged(API_KEY_HEADER, "has no effect without api_key", "beside an api_key");
        }
        return new WebhookSettings(
                settings.secret(URL),
                settings.string(METHOD),
                contentType,
                RequestHeaders.of(settings, OURS[0], OURS[1], settings.isSet(API_KEY) ? apiKeyHeader : null),
                secret(settings, AUTHORIZATION),
                secret(settings, API_KEY),
                apiKeyHeader,
                secret(settings, SIGNING_SECRET),
                settings.string(COMPRESSION).equals("gzip"),
                body,
                perRecord,
                framing,
                inBatches
                        ? new BatchLimits(
                                (int) settings.integer(BATCH_RECORDS),
                                settings.size(BatchLimits.BATCH_BYTES),
                                settings.duration(BatchLimits.LINGER))
                        : ONE,
                HttpSettings.of(settings, URL, SecretForms.isTls(settings.secret(URL))));
    }

    private static void refuseBatchesOfNone(HandlerSettings settings, boolean perRecord) {
        if (!perRecord) {
            settings.refuseIfChanged(
                    BATCH_RECORDS, "has no effect with mode = \"groups\"", "beside mode = \"records\"");
        }
        if (!perRecord || settings.integer(BATCH_RECORDS) == 1) {
            for (SettingKey key : List.of(BatchLimits.BATCH_BYTES, BatchLimits.LINGER, FRAMING)) {
                settings.refuseIfChanged(
                        key,
                        "has no effect, as a request holds one " + (perRecord ? "record" : "group"),
                        "beside mode = \"records\" and a batch_records above 1");
            }
        }
    }

    /** That whoever takes a request apart finds the records that were put together. */
    private static void checkFraming(
            String name, Framing framing, String contentType, String template, BodyTemplate body) {
        String type = contentType.toLowerCase(Locale.ROOT);
        if (type.startsWith("application/x-www-form-urlencoded")) {
            throw new IllegalArgumentException(
                    "content_type: a form holds one record, and batch_records is above 1; allowed: 1, or another content_type");
        }
        if (LINES.matcher(type).lookingAt() && framing != Framing.NDJSON) {
            throw new IllegalArgumentException("framing: \"" + name + "\" makes no lines, and content_type is \""
                    + contentType + "\"; allowed: ndjson, or another content_type");
        }
        boolean isText = BodyTemplate.Escape.of(contentType) != BodyTemplate.Escape.JSON;
        if (framing == Framing.CONCATENATED) {
            boolean isJson = ONE_JSON.matcher(contentType).matches();
            if (!isJson && body.isOpen()) {
                throw new IllegalArgumentException(
                        "body: begins and ends with a placeholder, so that nothing parts a record"
                                + " from the next with framing = \"concatenated\"; allowed: a text at one end, such as a line end");
            }
            if (isJson && isWord(body.checkJson(RecordValues.NUMBERS))) {
                throw new IllegalArgumentException(
                        "body: is a number or a word, whose end is not seen with framing = \"concatenated\"; allowed: an object");
            }
            return;
        }
        if (isText) {
            throw new IllegalArgumentException("framing: \"" + name + "\" joins JSON, and content_type is \""
                    + contentType + "\"; allowed: concatenated, or a content_type of JSON");
        }
        if (framing == Framing.NDJSON && template.chars().anyMatch(c -> c == '\n' || c == '\r')) {
            throw new IllegalArgumentException(
                    "body: has several lines, with framing = \"ndjson\"; allowed: one, or framing = \"concatenated\"");
        }
        body.checkJson(RecordValues.NUMBERS);
    }

    private static boolean isWord(Object json) {
        return !(json instanceof Map || json instanceof List || json instanceof String);
    }

    private static Secret secret(HandlerSettings settings, SettingKey key) {
        return settings.isSet(key) ? settings.secret(key) : null;
    }
}

package io.emberlog.handler.webhook;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.http.HttpSettings;
import io.emberlog.handler.http.SecretForms;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The form of a request.
 *
 * @param headers names and values in turn; none of them secret
 * @param authorization value of that header; null for none
 * @param apiKey value of the header {@code apiKeyHeader}; null for none
 * @param signingSecret key of the body's signature; null for none
 */
record WebhookSettings(
        Secret url,
        String method,
        String contentType,
        List<String> headers,
        Secret authorization,
        Secret apiKey,
        String apiKeyHeader,
        Secret signingSecret,
        BodyTemplate body,
        boolean isPerRecord,
        HttpSettings http) {
    static final SettingKey URL = SettingKey.secret("url", "Where requests go, https://HOST/PATH.")
            .revealed(SecretForms::address)
            .required();
    static final SettingKey METHOD =
            SettingKey.choice("method", "Of HTTP.", "POST", "PUT", "PATCH").orElse("POST");
    static final SettingKey MODE = SettingKey.choice(
                    "mode",
                    "groups = a request for a group of records, when alerting says so; records = one for each record, without the"
                            + " settings of alerting.",
                    "groups",
                    "records")
            .orElse("groups");
    static final SettingKey CONTENT_TYPE = SettingKey.string(
                    "content_type",
                    "Of the body; decides how placeholders are escaped (json, form, xml and html, others not).")
            .orElse("application/json");
    static final SettingKey BODY = SettingKey.string(
                    "body", "The body, with placeholders like {message}; docs/handlers/webhook.md lists them.")
            .otherwise("a JSON object with all of them");
    static final SettingKey HEADERS = SettingKey.strings(
                    "headers", "Further headers, as \"Name: value\"; not for secrets.")
            .orElse(List.of());
    static final SettingKey AUTHORIZATION = SettingKey.secret(
                    "authorization", "Value of the header Authorization, like Bearer TOKEN.")
            .revealed(SecretForms::header);
    static final SettingKey API_KEY = SettingKey.secret("api_key", "Value of the header that api_key_header names.")
            .revealed(SecretForms::header);
    static final SettingKey API_KEY_HEADER = SettingKey.string("api_key_header", "Name of the header for api_key.")
            .orElse("X-Api-Key");
    static final SettingKey SIGNING_SECRET = SettingKey.secret(
            "secret", "Key of a signature: X-Emberlog-Signature: sha256=HEX, HMAC-SHA-256 of the body.");

    static final List<SettingKey> KEYS = List.of(
            URL, METHOD, MODE, CONTENT_TYPE, BODY, HEADERS, AUTHORIZATION, API_KEY, API_KEY_HEADER, SIGNING_SECRET);

    private static final String NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}"; // a token of RFC 9110
    private static final String VALUE = "[\\x20-\\x7e\\u00a0-\\u00ff]{0,1000}";

    /** A body is one value; of lines of JSON, say, it is not. */
    private static final Pattern ONE_JSON =
            Pattern.compile("(application|text)/([a-z0-9.+-]+\\+)?json\\s*(;.*)?", Pattern.CASE_INSENSITIVE);

    /** What the client sets itself, or another setting does. */
    private static final Set<String> TAKEN = Set.of(
            "connection",
            "content-length",
            "content-type",
            "expect",
            "host",
            "upgrade",
            "authorization",
            "transfer-encoding",
            "x-emberlog-signature");

    static WebhookSettings of(HandlerSettings settings) {
        boolean perRecord = settings.string(MODE).equals("records");
        String contentType = settings.string(CONTENT_TYPE);
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
        BodyTemplate body = perRecord
                ? new BodyTemplate(template, contentType, RecordValues.NAMES, Set.of(RecordValues.JSON))
                : new BodyTemplate(template, contentType, NoticeValues.NAMES, Set.of());
        if (ONE_JSON.matcher(contentType).matches()) {
            body.checkJson(perRecord ? RecordValues.NUMBERS : NoticeValues.NUMBERS);
        }
        String apiKeyHeader = settings.string(API_KEY_HEADER);
        checkName("api_key_header", apiKeyHeader);
        if (!settings.isSet(API_KEY)) {
            settings.refuseIfChanged(API_KEY_HEADER, "has no effect without api_key", "beside an api_key");
        }
        return new WebhookSettings(
                settings.secret(URL),
                settings.string(METHOD),
                contentType,
                headers(settings.strings(HEADERS)),
                secret(settings, AUTHORIZATION),
                secret(settings, API_KEY),
                apiKeyHeader,
                secret(settings, SIGNING_SECRET),
                body,
                perRecord,
                HttpSettings.of(settings, URL, SecretForms.isTls(settings.secret(URL))));
    }

    private static Secret secret(HandlerSettings settings, SettingKey key) {
        return settings.isSet(key) ? settings.secret(key) : null;
    }

    private static List<String> headers(List<String> lines) {
        List<String> headers = new ArrayList<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            if (name.isEmpty() || !value.matches(VALUE)) {
                throw new IllegalArgumentException(
                        "headers: one of them is none; allowed: \"Name: value\", on one line");
            }
            checkName("headers", name);
            headers.add(name);
            headers.add(value);
        }
        return headers;
    }

    private static void checkName(String key, String name) {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(key + ": is no name of a header; allowed: letters, digits and -");
        }
        if (TAKEN.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    key + ": " + name + " is set by the client or by a setting of its own; allowed: another header");
        }
    }
}

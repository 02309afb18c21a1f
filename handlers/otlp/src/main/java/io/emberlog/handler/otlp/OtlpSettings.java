package io.emberlog.handler.otlp;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.http.Credentials;
import io.emberlog.handler.http.Endpoint;
import io.emberlog.handler.http.HttpSettings;
import io.emberlog.handler.http.SecretForms;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Settings of {@code type = "otlp"}.
 *
 * @param isGrpc else HTTP
 * @param url of the collector; with the path of logs for HTTP, without a path for gRPC
 * @param attributes of every resource
 * @param gzip whether requests are compressed
 */
record OtlpSettings(
        boolean isGrpc,
        URI url,
        Map<String, String> attributes,
        boolean gzip,
        Credentials credentials,
        HttpSettings http,
        BatchLimits limits) {
    static final SettingKey PROTOCOL = SettingKey.choice(
                    "protocol",
                    "http = OTLP/HTTP with protobuf (port 4318 by custom), grpc = OTLP/gRPC (4317).",
                    "http",
                    "grpc")
            .orElse("http");
    static final SettingKey URL = SettingKey.string(
                    "url",
                    "Address of the collector, as http://localhost:4318; /v1/logs is added for HTTP unless it ends so.")
            .required();
    static final SettingKey ATTRIBUTES = SettingKey.strings(
                    "attributes",
                    "Resource attributes beside those of the worker, as NAME=VALUE; in place of the worker's where the name is"
                            + " the same.")
            .orElse(List.of());
    static final SettingKey COMPRESSION =
            SettingKey.choice("compression", "Of requests.", "gzip", "none").orElse("gzip");
    static final SettingKey API_KEY = SettingKey.secret(
                    "api_key", "Key that travels in a header of its own, in place of token, user and password.")
            .revealed(SecretForms::header);
    static final SettingKey API_KEY_HEADER = SettingKey.string(
                    "api_key_header", "Header of api_key, as the service calls it.")
            .orElse("api-key");

    static final List<SettingKey> KEYS = Stream.of(
                    List.of(PROTOCOL, URL, ATTRIBUTES, COMPRESSION, API_KEY, API_KEY_HEADER),
                    Credentials.KEYS,
                    HttpSettings.KEYS_WITH_OURS,
                    BatchLimits.KEYS)
            .flatMap(List::stream)
            .toList();

    /** What the clients set, or refuse to have set. */
    private static final Set<String> TAKEN = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "te",
            "transfer-encoding",
            "upgrade",
            "user-agent");

    static OtlpSettings of(HandlerSettings settings) {
        boolean isGrpc = settings.string(PROTOCOL).equals("grpc");
        URI url = Endpoint.of(URL.name(), settings.string(URL));
        if (isGrpc && !url.getPath().isEmpty() && !url.getPath().equals("/")) {
            throw new IllegalArgumentException("url: \"" + url
                    + "\" has a path, which gRPC does not take; allowed: http://HOST:PORT or https://HOST:PORT");
        }
        String header = settings.string(API_KEY_HEADER);
        if (!header.matches("[A-Za-z0-9_-]{1,100}")
                || header.toLowerCase(Locale.ROOT).endsWith("-bin")) {
            throw new IllegalArgumentException("api_key_header: \"" + header
                    + "\" is no name of a header; allowed: letters, digits, - and _, not ending in -bin");
        }
        if (TAKEN.contains(header.toLowerCase(Locale.ROOT))
                || header.toLowerCase(Locale.ROOT).startsWith("grpc-")) {
            throw new IllegalArgumentException(
                    "api_key_header: " + header + " is set by the client itself; allowed: another header");
        }
        if (!settings.isSet(API_KEY)) {
            settings.refuseIfChanged(API_KEY_HEADER, "has no effect without api_key", "beside an api_key");
        }
        return new OtlpSettings(
                isGrpc,
                isGrpc ? url : Endpoint.resolve(url, "/v1/logs"),
                attributes(settings.strings(ATTRIBUTES)),
                settings.string(COMPRESSION).equals("gzip"),
                Credentials.of(settings, API_KEY, header, ""),
                HttpSettings.of(settings, URL, Endpoint.isTls(url)),
                BatchLimits.of(settings));
    }

    private static Map<String, String> attributes(List<String> given) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String attribute : given) {
            int equals = attribute.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "attributes: \"" + attribute + "\" is no attribute; allowed: NAME=VALUE");
            }
            if (attributes.put(attribute.substring(0, equals), attribute.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("attributes: \"" + attribute.substring(0, equals)
                        + "\" is there twice; allowed: each name once");
            }
        }
        return attributes;
    }
}

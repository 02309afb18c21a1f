package io.emberlog.handler.otlp;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.http.Credentials;
import io.emberlog.handler.http.Endpoint;
import io.emberlog.handler.http.HttpSettings;
import io.emberlog.handler.http.RequestHeaders;
import io.emberlog.handler.http.SecretForms;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
        RequestHeaders headers,
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
                    List.of(PROTOCOL, URL, ATTRIBUTES, COMPRESSION, API_KEY, API_KEY_HEADER, RequestHeaders.HEADERS),
                    Credentials.KEYS,
                    HttpSettings.KEYS_WITH_OURS,
                    BatchLimits.KEYS)
            .flatMap(List::stream)
            .toList();

    /** What the client of gRPC sets, and what an answer's form hangs on. */
    private static final String[] OURS = {"accept", "user-agent"};

    static OtlpSettings of(HandlerSettings settings) {
        boolean isGrpc = settings.string(PROTOCOL).equals("grpc");
        URI url = Endpoint.of(URL.name(), settings.string(URL));
        if (isGrpc && !url.getPath().isEmpty() && !url.getPath().equals("/")) {
            throw new IllegalArgumentException("url: \"" + url
                    + "\" has a path, which gRPC does not take; allowed: http://HOST:PORT or https://HOST:PORT");
        }
        String header = settings.string(API_KEY_HEADER);
        RequestHeaders.checkName(API_KEY_HEADER.name(), header, OURS);
        checkForGrpc(API_KEY_HEADER.name(), header);
        if (!settings.isSet(API_KEY)) {
            settings.refuseIfChanged(API_KEY_HEADER, "has no effect without api_key", "beside an api_key");
        }
        Credentials credentials = Credentials.of(settings, API_KEY, header, "");
        RequestHeaders headers = RequestHeaders.of(settings, OURS[0], OURS[1], credentials.header());
        settings.headers(RequestHeaders.HEADERS)
                .forEach(each -> checkForGrpc(RequestHeaders.HEADERS.name(), each.name()));
        return new OtlpSettings(
                isGrpc,
                isGrpc ? url : Endpoint.resolve(url, "/v1/logs"),
                attributes(settings.strings(ATTRIBUTES)),
                settings.string(COMPRESSION).equals("gzip"),
                credentials,
                headers,
                HttpSettings.of(settings, URL, Endpoint.isTls(url)),
                BatchLimits.of(settings));
    }

    private static void checkForGrpc(String key, String header) {
        String name = header.toLowerCase(Locale.ROOT);
        if (name.startsWith("grpc-") || name.endsWith("-bin")) {
            throw new IllegalArgumentException(
                    key + ": " + header
                            + " is for gRPC, or holds bytes there; allowed: a name not beginning with grpc- nor ending in -bin");
        }
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

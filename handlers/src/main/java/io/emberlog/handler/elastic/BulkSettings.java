package io.emberlog.handler.elastic;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.http.Credentials;
import io.emberlog.handler.http.Endpoint;
import io.emberlog.handler.http.HttpSettings;
import io.emberlog.handler.http.RequestHeaders;
import io.emberlog.handler.http.SecretForms;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/**
 * Settings of {@code type = "elasticsearch"}.
 *
 * @param url of the bulk API
 * @param index of a record
 * @param format of documents
 */
record BulkSettings(
        URI url,
        IndexName index,
        String format,
        Credentials credentials,
        RequestHeaders headers,
        HttpSettings http,
        BatchLimits limits) {
    static final SettingKey URL = SettingKey.string(
                    "url", "Address of Elasticsearch or OpenSearch; /_bulk is added unless it ends so.")
            .required();
    static final SettingKey INDEX = SettingKey.string(
                    "index",
                    "Data stream or index. A date pattern in braces takes the record's time (UTC), as in emberlog-{yyyy.MM.dd}.")
            .orElse("logs-emberlog-default");
    static final SettingKey FORMAT = SettingKey.choice(
                    "format", "How a record becomes a document.", Documents.FORMATS.toArray(new String[0]))
            .orElse(Documents.FORMATS.get(0));
    static final SettingKey API_KEY = SettingKey.secret(
                    "api_key", "Encoded API key (Authorization: ApiKey ...), in place of the others.")
            .revealed(SecretForms::header);

    static final List<SettingKey> KEYS = Stream.of(
                    List.of(URL, INDEX, FORMAT, API_KEY, RequestHeaders.HEADERS),
                    Credentials.KEYS,
                    HttpSettings.KEYS_WITH_OURS,
                    BatchLimits.KEYS)
            .flatMap(List::stream)
            .toList();

    static BulkSettings of(HandlerSettings settings) {
        URI url = Endpoint.of(URL.name(), settings.string(URL));
        Credentials credentials = Credentials.of(settings, API_KEY, "Authorization", "ApiKey ");
        return new BulkSettings(
                Endpoint.resolve(url, "/_bulk"),
                IndexName.of(INDEX.name(), settings.string(INDEX)),
                settings.string(FORMAT),
                credentials,
                RequestHeaders.of(settings, credentials.header(), "Accept"), // its answers are JSON
                HttpSettings.of(settings, URL, Endpoint.isTls(url)),
                BatchLimits.of(settings));
    }
}

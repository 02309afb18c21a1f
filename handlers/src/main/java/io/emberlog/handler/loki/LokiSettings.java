package io.emberlog.handler.loki;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.http.Credentials;
import io.emberlog.handler.http.Endpoint;
import io.emberlog.handler.http.HttpSettings;
import io.emberlog.handler.http.RequestHeaders;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Settings of {@code type = "loki"}.
 *
 * @param url of the push API
 * @param tenant empty without
 * @param labels the same for all records, by name; at least one, so that no stream is without
 * @param labelsFrom what of a record becomes a label
 * @param maxStreams label sets there may be
 * @param metadata whether id, fields and the like go along as structured metadata
 * @param maxLine bytes of a line before it is cut
 */
record LokiSettings(
        URI url,
        String tenant,
        Map<String, String> labels,
        Set<String> labelsFrom,
        int maxStreams,
        boolean metadata,
        int maxLine,
        String format,
        Credentials credentials,
        RequestHeaders headers,
        HttpSettings http,
        BatchLimits limits) {
    static final SettingKey URL = SettingKey.string(
                    "url", "Address of Loki; /loki/api/v1/push is added unless it ends so.")
            .required();
    static final SettingKey TENANT =
            SettingKey.string("tenant", "Tenant, sent as X-Scope-OrgID; needed where Loki has several.");
    static final SettingKey LABELS = SettingKey.strings(
                    "labels", "Labels of every stream, as NAME=VALUE; at least one.")
            .orElse(List.of("job=emberlog"));
    static final SettingKey LABELS_FROM = SettingKey.strings(
                    "labels_from",
                    "What of a record becomes a label, each with few values: service, level, worker, host, process, logger.")
            .orElse(List.of("service", "level"));
    static final SettingKey MAX_STREAMS = SettingKey.integer(
                    "max_streams",
                    "Label sets (streams) there may be; records of further ones have level as their only label of labels_from.")
            .unit("streams")
            .orElse(500)
            .between("1", "100000");
    static final SettingKey METADATA = SettingKey.bool(
                    "structured_metadata",
                    "Whether id, worker, logger, thread, trace ids, fields and MDC go along as structured metadata; off for a"
                            + " Loki before 2.9, or where it is not allowed.")
            .orElse(true);
    static final SettingKey MAX_LINE = SettingKey.size(
                    "max_line", "Longer lines are cut and say so; not above Loki's limits_config.max_line_size.")
            .orElse("256 KiB")
            .between("1 KiB", "16 MiB");
    static final SettingKey FORMAT = SettingKey.choice(
                    "format",
                    "How a record becomes a line. Loki keeps equal lines of one nanosecond once; those of json are never equal.",
                    Format.NAMES.toArray(new String[0]))
            .orElse("json");

    static final List<SettingKey> KEYS = Stream.of(
                    List.of(
                            URL,
                            TENANT,
                            LABELS,
                            LABELS_FROM,
                            MAX_STREAMS,
                            METADATA,
                            MAX_LINE,
                            FORMAT,
                            RequestHeaders.HEADERS),
                    Credentials.KEYS,
                    HttpSettings.KEYS_WITH_OURS,
                    BatchLimits.KEYS)
            .flatMap(List::stream)
            .toList();

    static final String TENANT_HEADER = "X-Scope-OrgID";

    private static final String PATH = "/loki/api/v1/push";

    /** Of Prometheus, less those in front that Loki keeps for itself. */
    private static final Pattern LABEL = Pattern.compile("(?!__)[a-zA-Z_][a-zA-Z0-9_]*");

    private static final Pattern TENANT_NAME = Pattern.compile("[a-zA-Z0-9!_.*'()-]{1,150}");
    private static final int MAX_LABELS = 15;
    private static final int MAX_LABEL_VALUE = 2048;

    static LokiSettings of(HandlerSettings settings) {
        String tenant = settings.isSet(TENANT) ? settings.string(TENANT) : "";
        if (!tenant.isEmpty() && !TENANT_NAME.matcher(tenant).matches()) {
            throw new IllegalArgumentException(
                    "tenant: \"" + tenant + "\" is no tenant; allowed: 1 to 150 letters, digits and ! - _ . * ' ( )");
        }
        Map<String, String> labels = labels(settings.strings(LABELS));
        Set<String> from = new TreeSet<>(settings.strings(LABELS_FROM));
        for (String name : from) {
            if (!StreamLabels.SOURCES.contains(name)) {
                throw new IllegalArgumentException("labels_from: \"" + name + "\" is unknown; allowed: "
                        + String.join(", ", StreamLabels.SOURCES));
            }
            if (labels.containsKey(name)) {
                throw new IllegalArgumentException(
                        "labels_from: \"" + name + "\" is among labels, too; allowed: each name once");
            }
        }
        if (labels.size() + from.size() > MAX_LABELS) {
            throw new IllegalArgumentException("labels: " + (labels.size() + from.size())
                    + " with those of labels_from; allowed: " + MAX_LABELS + ", which is Loki's own limit");
        }
        URI url = Endpoint.of(URL.name(), settings.string(URL));
        Credentials credentials = Credentials.of(settings);
        return new LokiSettings(
                Endpoint.resolve(url, PATH),
                tenant,
                labels,
                from,
                (int) settings.integer(MAX_STREAMS),
                settings.bool(METADATA),
                (int) settings.size(MAX_LINE),
                settings.string(FORMAT),
                credentials,
                RequestHeaders.of(settings, credentials.header(), tenant.isEmpty() ? null : TENANT_HEADER),
                HttpSettings.of(settings, URL, Endpoint.isTls(url)),
                BatchLimits.of(settings));
    }

    private static Map<String, String> labels(List<String> given) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String label : given) {
            int equals = label.indexOf('=');
            String name = equals < 0 ? label : label.substring(0, equals);
            String value = label.substring(equals + 1);
            if (equals < 0
                    || value.isEmpty()
                    || value.length() > MAX_LABEL_VALUE
                    || !LABEL.matcher(name).matches()) {
                throw new IllegalArgumentException("labels: \"" + label
                        + "\" is no label; allowed: NAME=VALUE, the name of letters, digits and _, not beginning with a digit"
                        + " or __");
            }
            if (labels.put(name, value) != null) {
                throw new IllegalArgumentException("labels: \"" + name + "\" is there twice; allowed: each name once");
            }
        }
        if (labels.isEmpty()) {
            throw new IllegalArgumentException(
                    "labels: is empty; allowed: at least one, for Loki takes no stream without a label");
        }
        return labels;
    }
}

package io.emberlog.handler.otlp;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A batch as a request: a resource for each worker, in it a scope for each logger, in it the records in their order. Names of
 * attributes are those of OpenTelemetry's semantic conventions where it has them; the others begin with {@code emberlog.}. One thread.
 */
final class ExportMapping {
    /** What the conventions prescribe where nobody named the service. */
    private static final String UNKNOWN_SERVICE = "unknown_service:";

    private final Map<String, String> fixed;
    private final RecordMapping records = new RecordMapping();

    /** @param fixed attributes of every resource */
    ExportMapping(Map<String, String> fixed) {
        this.fixed = fixed;
    }

    ExportLogsServiceRequest of(List<LogRecord> batch, long observedEpochNs) {
        Map<WorkerIdentity, Map<String, ScopeLogs.Builder>> workers = new LinkedHashMap<>();
        for (LogRecord record : batch) {
            String logger = record.entry().text(MessageDescriptor.LOGGER);
            workers.computeIfAbsent(record.worker(), worker -> new LinkedHashMap<>())
                    .computeIfAbsent(logger == null ? "" : logger, ExportMapping::scope)
                    .addLogRecords(records.of(record, observedEpochNs));
        }
        ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
        workers.forEach((worker, scopes) -> {
            ResourceLogs.Builder logs = ResourceLogs.newBuilder().setResource(resource(worker));
            scopes.values().forEach(logs::addScopeLogs);
            request.addResourceLogs(logs);
        });
        return request.build();
    }

    private static ScopeLogs.Builder scope(String logger) {
        return ScopeLogs.newBuilder().setScope(InstrumentationScope.newBuilder().setName(logger));
    }

    private Resource resource(WorkerIdentity worker) {
        Attributes attributes = new Attributes();
        String process = worker.process().isEmpty() ? "java" : worker.process();
        attributes.put("service.name", worker.service().isEmpty() ? UNKNOWN_SERVICE + process : worker.service());
        attributes.put("service.instance.id", worker.ringUuid().toString());
        attributes.put("host.name", worker.host());
        attributes.put("host.id", worker.machineId());
        if (worker.pid() != 0) {
            attributes.put("process.pid", worker.pid());
        }
        attributes.put("process.executable.name", worker.process());
        attributes.put("emberlog.worker", worker.name());
        fixed.forEach(attributes::put);
        return Resource.newBuilder().addAllAttributes(attributes.list()).build();
    }
}

/**
 * Records to an OpenTelemetry collector by OTLP, over HTTP or gRPC. An artifact of its own, whose libraries are loaded when a handler
 * is opened. In the master process and in replay; called on a handler's thread, with threads of the clients' own beside it (daemons,
 * named after the handler). Holds no files but the certificates it is told to trust, while it reads them.
 */
package io.emberlog.handler.otlp;

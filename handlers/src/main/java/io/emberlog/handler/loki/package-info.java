/**
 * Records to Grafana Loki by its push API. In the master process and in replay; called on a handler's thread. Holds no files but the
 * certificates it is told to trust, while it reads them.
 */
package io.emberlog.handler.loki;

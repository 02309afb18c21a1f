/**
 * Alerting: records become groups, and groups become a few messages that account for each record. In the master process and in
 * replay, on a handler's thread. Holds no files; what must outlive a crash is in the checkpoint ({@code AlertState}).
 */
package io.emberlog.handler.alert;

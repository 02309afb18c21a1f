/**
 * Requests of the user's own form, for a group of records or for each record. In the master process and in replay, on a handler's
 * thread. Holds no files.
 */
package io.emberlog.handler.webhook;

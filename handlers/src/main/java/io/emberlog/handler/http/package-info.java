/**
 * Requests to services over HTTP, by the JDK's client: a deadline on all of it, bounded answers, no redirects, and no secret in
 * anything that is told. In the master process and in replay; called on a handler's thread, with threads of the client's own beside
 * it (daemons, named after the handler). Holds no files.
 */
package io.emberlog.handler.http;

/**
 * Certificates and keys of files, and what would be right where TLS refuses. For handlers: in the master process and in replay, on a
 * handler's thread. Reads files of PEM that others make.
 */
package io.emberlog.handler.tls;

/**
 * {@code type = "syslog"}: records to a syslog server over UDP (RFC 5426), TCP (RFC 6587), TLS (RFC 5425) or a local socket. In the
 * master process and in replay, on the handler's own thread; no thread beside it. Reads certificate files, writes none.
 *
 * <p>What syslog does not have is an acknowledgement; {@link io.emberlog.handler.syslog.SyslogDestination} says what is known instead.
 */
package io.emberlog.handler.syslog;

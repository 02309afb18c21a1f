/**
 * What Linux has for local datagrams and the JDK has no name for: Unix datagram sockets, sealed memory, how much of what was sent is
 * still on its way. In the master process and in replay, on a handler's own thread. Creates and maps no file; a {@code memfd} has no
 * name.
 */
package io.emberlog.handler.unix;

/**
 * A handler that is not Emberlog's own, to be copied: records as lines of JSON over TCP to a service that says when it has them. On the
 * handler's thread in a master; holds one connection and no files.
 */
package io.emberlog.samples.handler;

/**
 * Records to lines of bytes. Run by each handler on its own thread and by the command line; holds no files. Everything
 * that a worker wrote is escaped here, at the sink, and nowhere before.
 */
package io.emberlog.handler.format;

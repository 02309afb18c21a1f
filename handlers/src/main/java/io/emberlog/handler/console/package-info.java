/** The console handler. Run by one handler thread of the master; writes to descriptors 1 and 2, opens and closes none. */
package io.emberlog.handler.console;

/**
 * How records reach a destination that is not ours: gathered into batches, tried again, waited out, split, put aside. In the master
 * process and in replay, on the handler's own thread. Holds no files; what is in memory is one batch, and the journal has it as well.
 *
 * <p>{@link io.emberlog.handler.delivery.Destination} is all that a handler for a service has to write.
 */
package io.emberlog.handler.delivery;

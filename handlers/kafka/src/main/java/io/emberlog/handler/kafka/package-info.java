/**
 * Records to Apache Kafka. An artifact of its own, whose libraries are loaded when a handler is opened. In the master process and in
 * replay; called on a handler's thread, with the network thread of Kafka's client beside it (a daemon). Holds no files but the
 * certificates that the client reads.
 */
package io.emberlog.handler.kafka;

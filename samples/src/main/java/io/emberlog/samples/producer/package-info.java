/**
 * The worker of the demo and of the storms: threads that log messages a judge can make again, and keep account of what
 * they were promised. Runs in worker processes; creates one acknowledgement file.
 */
package io.emberlog.samples.producer;

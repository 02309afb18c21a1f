package io.emberlog.message;

import java.util.UUID;

/**
 * Who writes a ring: fixed when the ring is created, read from its header by the master. Immutable.
 *
 * @param ringUuid random id of the ring; part of every record's id
 * @param name worker name, as the application chose it
 * @param pid process id in the worker's own pid namespace
 * @param startTimeTicks process start in clock ticks since boot ({@code /proc/PID/stat} field 22); 0 where unknown
 * @param bootId {@code /proc/sys/kernel/random/boot_id}; empty where unknown
 * @param machineId {@code /etc/machine-id}; empty where unknown
 * @param pidNamespace {@code readlink /proc/self/ns/pid}, for example {@code pid:[4026531836]}; empty where unknown
 * @param host host name
 * @param process short name of the process (main class or jar); empty where unknown
 * @param service service name chosen by the application; empty when not set
 */
public record WorkerIdentity(
        UUID ringUuid,
        String name,
        long pid,
        long startTimeTicks,
        String bootId,
        String machineId,
        String pidNamespace,
        String host,
        String process,
        String service) {}

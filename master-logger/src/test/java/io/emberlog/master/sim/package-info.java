/**
 * The simulator: worker processes, rings, a master, its journal and its handlers, all of the product's own code, in one process
 * and with one thread running at a time, where everything that happens follows from a seed.
 *
 * <p>In test processes only. What is simulated: which thread goes on ({@link io.emberlog.master.sim.Carriers}); clocks, deaths,
 * stops and devices that refuse ({@link io.emberlog.master.sim.World}); locks and liveness of processes; the disk of the
 * handlers and of their checkpoints. What is real: ring files and the segments of the journal, in a directory of their own that a
 * run makes and deletes. docs/decisions/085-simulated-from-a-seed.md.
 */
package io.emberlog.master.sim;

/**
 * The fault laboratory's book-keeping: which faults are made, how often, and the log of the runs.
 *
 * <p>In test processes only. {@link io.emberlog.lab.Fault} declares every fault once; {@link io.emberlog.lab.LabRun} is one
 * run of one of them, with its seed and count; {@link io.emberlog.lab.RunLog} is the file that totals accumulate in,
 * {@code docs/reliability-runs.tsv}. How a fault is made and what must hold is in the test that the declaration names.
 */
package io.emberlog.lab;

package io.emberlog.master.fanout;

/**
 * A handler seen from outside, some moment ago; the figures are not consistent with each other.
 *
 * @param name as configured
 * @param state what it is doing
 * @param nextSequence number of the first record it has not done; -1 before the first
 * @param storedIndex journal index of its stored checkpoint; -1 when there is none
 * @param lagRecords records journaled and not done; -1 while unknown
 * @param lagDocuments documents journaled since this start that it has not begun; those from before are only in lagRecords
 * @param quietNs since its thread was last seen outside the handler; grows when the handler hangs
 * @param records taken since this start
 * @param rejected put aside since this start
 * @param lost missing from the journal when it came to them, since this start
 * @param retries calls made again since this start
 * @param restarts lives begun anew since this start
 * @param checkpoints stored since this start
 * @param bytes sent since this start, as the handler counts them
 * @param filtered kept from it by its levels and its filter, since this start; as those that follow
 * @param sampledOut left out by its sample
 * @param limited left out by its rate limit
 * @param silenced kept from it by silences
 * @param redacted handed over with something made unreadable
 * @param problem what it suffers from now; null when all is well
 */
public record HandlerStatus(
        String name,
        HandlerState state,
        long nextSequence,
        long storedIndex,
        long lagRecords,
        long lagDocuments,
        long quietNs,
        long records,
        long rejected,
        long lost,
        long retries,
        long restarts,
        long checkpoints,
        long bytes,
        long filtered,
        long sampledOut,
        long limited,
        long silenced,
        long redacted,
        String problem) {}

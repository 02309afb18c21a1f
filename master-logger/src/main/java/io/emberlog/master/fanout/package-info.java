/**
 * From the journal to the handlers: every record to every handler that wants it, each handler at its own pace.
 *
 * <p>Process and threads: the master's; one thread per handler, {@code emberlog-<handler>}, that reads the journal, calls the
 * handler and writes its files here. {@code FanOut} is called by the threads of the master that start, drain, watch and stop.
 * Files, in the state directory: {@code checkpoints/<handler>.ckpt} (created and replaced by {@code CheckpointStore}, with
 * {@code .tmp} and {@code .broken} beside it; never deleted) and {@code dead-letters/<handler>.jsonl} (appended to by {@code
 * DeadLetters}; the operator deletes it). Nothing is mapped but by the {@code JournalReader}s.
 */
package io.emberlog.master.fanout;

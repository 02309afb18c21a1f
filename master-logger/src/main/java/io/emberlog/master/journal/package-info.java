/**
 * The redo log between the drain and the handlers: one Chronicle Queue document per pass of the drain.
 *
 * <p>Process and threads: the master's. {@code Journal} belongs to the drain's thread ({@code sync} to another), each
 * {@code JournalReader} to the thread of its handler, and tools open readers in processes of their own. Files: all in the
 * journal directory, which {@code Journal} creates 0700: {@code *.cq4} segments (created and mapped by {@code Journal},
 * mapped read-only by readers, deleted by {@code JournalRetention}) and {@code metadata.cq4t} (Chronicle's listing; can be
 * rebuilt from the segments). The caller of {@code Journal.open} holds the master's exclusive lock; readers need none.
 *
 * <p>What survives: a document whose {@code append} returned is <em>journaled</em>; one at or before
 * {@code Journal.syncedIndex()} is <em>synced</em>.
 */
package io.emberlog.master.journal;

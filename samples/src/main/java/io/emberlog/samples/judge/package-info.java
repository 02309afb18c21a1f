/**
 * Was anything lost, doubled, altered or invented? A producer keeps its own account of what it was promised in a mapped
 * file ({@link io.emberlog.samples.judge.Acknowledgements}); {@link io.emberlog.samples.judge.Judge}, in a process of
 * its own, holds the accounts against the output text. Neither uses a class of the product: a fault there cannot hide
 * itself here.
 *
 * <p>Producers create and map one {@code .acks} file each; the judge only reads, one thread.
 */
package io.emberlog.samples.judge;

/**
 * What do the libraries that are measured look like from a benchmark? All alike: {@link io.emberlog.bench.front.Front}. One
 * implementation for each library, in a JVM of its own that is told by properties ({@link io.emberlog.bench.front.Setting})
 * which one it measures, loads that one by name, and has no other on its class path
 * ({@link io.emberlog.bench.front.Library}). Runs on the threads that log; files are those of the libraries.
 */
package io.emberlog.bench.front;

/**
 * {@code ./emberlog demo}: a master, three workers, two kills, and an account of every line. Runs in the process that
 * the launcher starts; its children are a master, three workers and a judge. Makes one directory under the temp
 * directory and leaves it for the curious.
 */
package io.emberlog.samples.demo;

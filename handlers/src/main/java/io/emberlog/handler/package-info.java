/**
 * What a handler is, and the settings it is made from. Runs in the master process and in replay, each handler on a
 * thread of its own. Holds no files itself: the sub-packages do ({@code file}, {@code console}); {@code format} turns
 * records into bytes.
 */
package io.emberlog.handler;

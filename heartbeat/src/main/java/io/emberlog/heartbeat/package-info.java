/** Placeholder. */
package io.emberlog.heartbeat;

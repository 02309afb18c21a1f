/** Services that cannot be had in a test, enforcing the limits and error shapes of the real ones. */
package io.emberlog.handler.fake;

/** Placeholder. */
package io.emberlog.ring;

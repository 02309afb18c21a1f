/** Placeholder. */
package io.emberlog.samples;

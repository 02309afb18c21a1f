/** Placeholder. */
package io.emberlog.bench;

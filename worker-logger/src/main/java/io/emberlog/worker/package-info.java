/** Placeholder. */
package io.emberlog.worker;

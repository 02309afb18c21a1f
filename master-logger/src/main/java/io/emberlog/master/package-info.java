/** Placeholder. */
package io.emberlog.master;

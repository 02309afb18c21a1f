/** Placeholder. */
package io.emberlog.worker.slf4j;

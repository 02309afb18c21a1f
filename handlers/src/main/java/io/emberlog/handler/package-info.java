/** Placeholder. */
package io.emberlog.handler;

package io.emberlog.master.config;

import io.emberlog.handler.HandlerSettings;

/**
 * One {@code [[handlers]]} entry.
 *
 * @param name unique; names the checkpoint, so a renamed handler starts at the first retained record
 * @param type which installed handler runs it
 * @param minLevel severity number, 0 to 24; records below it are not handed over
 * @param settings what the handler's own keys hold
 */
public record HandlerConfig(String name, String type, int minLevel, HandlerSettings settings) {}

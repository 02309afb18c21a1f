package io.emberlog.master.config;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.filter.Route;

/**
 * One {@code [[handlers]]} entry.
 *
 * @param name unique; names the checkpoint, so a renamed handler starts at the first retained record
 * @param type which installed handler runs it
 * @param route which records it gets, and what is made unreadable in them
 * @param settings what the handler's own keys hold
 */
public record HandlerConfig(String name, String type, Route route, HandlerSettings settings) {}

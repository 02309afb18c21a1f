/**
 * Which records: the expression language of handlers and commands, and what decides beside it (levels, samples, rates). Everything
 * here is a pure function of a record but for {@code RateLimiter}, whose state its owner stores. Used by handler threads and commands;
 * opens and writes nothing.
 */
package io.emberlog.handler.filter;

package io.emberlog.handler.syslog;

import java.nio.file.Path;

/**
 * Files of PEM.
 *
 * @param ca whom to trust; null for whom the JDK trusts
 * @param certificate who we are, the chain; null for nobody
 * @param key of the certificate; null without one
 * @param name whom the server's certificate must name; null for the host
 */
record TlsSettings(Path ca, Path certificate, Path key, String name) {}

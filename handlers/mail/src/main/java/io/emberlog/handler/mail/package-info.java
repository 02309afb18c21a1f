/**
 * E-mail by SMTP. In the master process and in replay, on a handler's thread, with a thread of its own beside it that ends a sending
 * which takes too long. Holds no files.
 */
package io.emberlog.handler.mail;

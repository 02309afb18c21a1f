/**
 * Discord, Telegram and Slack: what each takes for a message, how it is asked, and what it answers. When something is said, and what,
 * is {@code alert}'s. In the master process and in replay, on a handler's thread. Holds no files.
 */
package io.emberlog.handler.chat;

/** Real receivers of what the handlers send: rsyslogd, syslog-ng, systemd-journald, each started by a test with files of its own. */
package io.emberlog.handler.peers;

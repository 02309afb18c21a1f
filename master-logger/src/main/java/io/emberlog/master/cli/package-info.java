/**
 * The {@code emberlog} command: one class per subcommand, each run by the main thread of its own process. Creates,
 * maps and deletes no files itself; what a subcommand does to files is said in its class.
 */
package io.emberlog.master.cli;

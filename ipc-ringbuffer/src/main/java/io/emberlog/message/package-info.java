/**
 * The layouts of every message that crosses processes, their encoders and decoders. Run by any thread of a worker
 * (encoders) and by the master's threads (decoders); holds no files.
 */
package io.emberlog.message;

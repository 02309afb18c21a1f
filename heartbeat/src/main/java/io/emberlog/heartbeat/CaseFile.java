package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What was noted of a worker while it lived, for the day it does not. Monitor's thread only.
 *
 * @param uid owner of its process; a crash report by anybody else is not believed
 * @param crashReports where its JVM would leave one, in the order to look
 * @param kills of its memory cgroup
 */
record CaseFile(WorkerIdentity worker, OptionalInt uid, List<Path> crashReports, Optional<OomLedger> kills) {}

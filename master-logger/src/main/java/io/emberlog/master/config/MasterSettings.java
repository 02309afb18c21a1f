package io.emberlog.master.config;

import java.time.Duration;

/**
 * How the master does its work.
 *
 * @param drainBudgetBytes most bytes taken from one ring in one pass; one record is always taken
 * @param reorderWindow how long records are held to be put in order across workers; zero holds none
 * @param idleMode what its threads do while there is nothing to do
 * @param stopDeadline how long an orderly stop may drain and let handlers finish
 * @param heartbeatGrace how long after an announced check-in a worker is reported late
 * @param hungAfter how long a living worker's heartbeat may stand still before it is reported hung
 */
public record MasterSettings(
        long drainBudgetBytes,
        Duration reorderWindow,
        IdleMode idleMode,
        Duration stopDeadline,
        Duration heartbeatGrace,
        Duration hungAfter) {}

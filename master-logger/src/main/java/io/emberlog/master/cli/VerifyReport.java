package io.emberlog.master.cli;

import io.emberlog.master.replay.ReplayReport;
import io.emberlog.master.replay.ReplayReport.DeadLetterPart;
import io.emberlog.master.replay.ReplayReport.JournalPart;
import io.emberlog.master.replay.ReplayReport.RingPart;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What {@code replay --verify} says: a paragraph for each journal and ring, then the findings, then one line for all. */
final class VerifyReport {
    private final ReplayReport report;

    VerifyReport(ReplayReport report) {
        this.report = report;
    }

    /** Nothing missing, damaged, cut short, set aside or left out. */
    static boolean isWhole(ReplayReport report) {
        return report.findingCount() == 0
                && report.damagedRegions() == 0
                && report.rings().stream().noneMatch(RingPart::quarantined);
    }

    void print(PrintWriter out) {
        report.journals().forEach(journal -> print(journal, out));
        report.rings().forEach(ring -> print(ring, out));
        report.deadLetters().forEach(file -> print(file, out));
        report.findings().forEach(finding -> out.println("finding  " + Plain.text(finding)));
        long more = report.findingCount() - report.findings().size();
        if (more > 0) {
            out.println("finding  and " + Plain.count(more) + " more");
        }
        out.println(verdict(report)
                + Plain.count(report.journals().size(), "journal") + ", "
                + Plain.count(report.rings().size(), "ring") + ", "
                + Plain.count(report.records(), "record") + ", "
                + Plain.count(report.findingCount(), "finding"));
    }

    private static String verdict(ReplayReport report) {
        if (isWhole(report)) {
            return "whole    ";
        }
        long unread =
                report.rings().stream().filter(ring -> ring.refused() != null).count();
        boolean damaged = report.findingCount() > unread
                || report.damagedRegions() > 0
                || report.rings().stream().anyMatch(RingPart::quarantined);
        return damaged ? "damaged  " : "partly   ";
    }

    private static void print(JournalPart journal, PrintWriter out) {
        out.println("journal  " + Plain.text(journal.path().toString()));
        out.println("         " + Plain.count(journal.segments(), "segment") + ", "
                + Plain.count(journal.documents(), "document") + ", " + Plain.count(journal.records(), "record")
                + (journal.firstSequence() < 0
                        ? ""
                        : ", seq " + journal.firstSequence() + " to " + journal.lastSequence()));
        out.println("         damaged " + Plain.count(journal.broken()) + ", gaps " + Plain.count(journal.gaps())
                + ", missing " + Plain.count(journal.missing()) + "; rings ended " + Plain.count(journal.ended())
                + " (torn " + Plain.count(journal.endedTorn()) + ", holes " + Plain.count(journal.endedHoles()) + ')');
    }

    private static void print(DeadLetterPart file, PrintWriter out) {
        out.println("letters  " + Plain.text(file.path().toString()));
        out.println("         " + Plain.count(file.records(), "record") + ", doubles " + Plain.count(file.doubles())
                + ", damaged " + Plain.count(file.broken()));
    }

    private static void print(RingPart ring, PrintWriter out) {
        out.println("ring     " + Plain.text(ring.path().toString()));
        if (ring.state().isEmpty()) {
            out.println("         unreadable");
            return;
        }
        out.println("         worker " + Plain.text(ring.worker()) + ", pid " + ring.pid() + ", " + ring.state()
                + (ring.goodbye() ? ", said goodbye" : "") + (ring.quarantined() ? ", quarantined" : "")
                + (ring.resynced() ? ", of another boot: read by position and checksum" : ""));
        List<String> parts = new ArrayList<>();
        parts.add("not journaled " + Plain.count(ring.records(), "record"));
        parts.add("journaled up to position " + Plain.count(ring.journaledBytes()));
        parts.add("torn " + Plain.count(ring.torn()));
        parts.add("holes " + Plain.count(ring.holes()));
        parts.add("doubles " + Plain.count(ring.doubles()));
        if (ring.broken() != null) {
            parts.add("broken");
        }
        out.println("         " + (ring.refused() == null ? String.join(", ", parts) : "in use, not read"));
    }
}

package io.emberlog.master.cli;

import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.HumanFormat;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Iterator;
import picocli.CommandLine.Option;

/** How records look. */
final class OutputOptions {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "human",
            completionCandidates = Names.class,
            description =
                    "${COMPLETION-CANDIDATES}, or a pattern like '%%d %%-5level %%msg' or '%%(asctime)s %%(message)s';"
                            + " human by default.")
    private String format;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "Levels in colour: ${COMPLETION-CANDIDATES}; auto, by default, means on a terminal.")
    private ColourMode colour;

    /** For a file: one record is one line, without colour. */
    Format fileFormat() {
        checkFormat();
        return Format.of(format, ZoneId.systemDefault());
    }

    /** On a terminal the human format prints stack traces on lines of their own; elsewhere one record is one line. */
    Format format(Terminal terminal) {
        checkFormat();
        boolean coloured = colour.colours(terminal);
        return format.equals("human") && (coloured || terminal.colourOut())
                ? HumanFormat.forTerminal(ZoneId.systemDefault(), coloured)
                : Format.of(format, ZoneId.systemDefault());
    }

    /** @throws CliException for a format that is not known, or a wrong pattern */
    void checkFormat() {
        try {
            Format.of(format, ZoneOffset.UTC);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCodes.USAGE,
                    format.indexOf('%') >= 0
                            ? "--format: " + Plain.text(e.getMessage())
                            : "--format " + Plain.text(format) + " is not known; one of "
                                    + String.join(", ", Format.NAMES) + ", or a pattern like '%d %-5level %msg'");
        }
    }

    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Format.NAMES.iterator();
        }
    }
}

package io.emberlog.master.cli;

import io.emberlog.fuzz.Check;
import io.emberlog.fuzz.Scratch;
import io.emberlog.fuzz.Script;
import io.emberlog.handler.filter.RecordFilter;
import io.emberlog.handler.format.JsonFormat;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.journal.SegmentFuzz;
import io.emberlog.master.replay.Evidence;
import io.emberlog.master.replay.Replay;
import io.emberlog.master.replay.ReplayReport;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Bytes;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.VarHandleBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Bytes as what the tools are given: a ring and a journal.
 *
 * <pre>
 *  u8   1 a journal | 2 the ring's records are checked | 4 it is of another boot | 8 the checksum of its header is made right
 *       | 16 the ring is cut | 32 whole command lines, too
 *  u8   n, then n x { u24 offset, u8 length, bytes }: edits of a ring that was whole
 *  u16  where it is cut
 *  rest the journal, as {@link SegmentFuzz} makes it
 * </pre>
 *
 * A replay ends with a report whose sums are right, its lines are one record each, the same twice; nothing that is said
 * commands a terminal; and each command ends with an exit code that is documented.
 */
public final class EvidenceFuzz {
    private static final int RECORDS = 40;
    /** Above what a kernel hands out unless told to, so nobody has it. */
    private static final long NOBODY = 4_194_303;

    private static final int CREATED = 128;
    private static final int TEXTS = 2496;
    private static final int HEADER_CRC = 3712;

    private static final Path ROOT = Scratch.directory("evidence");
    private static final Path CHANNEL = ROOT.resolve("rings");
    private static final Path RING = CHANNEL.resolve("worker.ring");
    private static final Path STATE = ROOT.resolve("state");
    private static final Path JOURNAL = STATE.resolve("journal");
    /** By whether it is checked, and whether it is of another boot. */
    private static final byte[][] RINGS = {ring(false, false), ring(true, false), ring(false, true), ring(true, true)};

    static {
        try {
            Files.createDirectories(CHANNEL);
            Files.createDirectories(JOURNAL);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EvidenceFuzz() {}

    private static byte[] ring(boolean checked, boolean otherBoot) {
        try {
            Path directory = Scratch.directory("evidence-ring");
            RingFile made = RingFile.create(
                    ChannelDirectory.open(directory.resolve("channel")),
                    new RingSpec(64 * 1024, 0, checked),
                    new WorkerIdentity(
                            new UUID(5, 6),
                            "worker",
                            NOBODY,
                            0,
                            otherBoot ? "other" : "",
                            "",
                            "",
                            "host",
                            "process",
                            ""),
                    null,
                    1);
            BatchEncoder encoder = new BatchEncoder(BatchEncoder.MIN_MAX_LENGTH, 64);
            for (int i = 0; i < RECORDS; i++) {
                encoder.begin();
                encoder.beginEntry(9, i, 1);
                encoder.text(MessageDescriptor.TEMPLATE, "record " + i);
                encoder.endEntry();
                encoder.finish(0, i + 1);
                made.ring()
                        .offer(
                                MessageDescriptor.TYPE_LOG_BATCH,
                                new VarHandleBuffer(encoder.buffer()),
                                0,
                                encoder.length(),
                                true);
            }
            return Files.readAllBytes(made.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Called by the fuzzer before it counts the time of an input: most of the first one's goes into instrumenting classes. */
    public static void fuzzerInitialize() throws IOException {
        fuzzerTestOneInput(new byte[] {32});
    }

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Script script = new Script(data);
        int how = script.u8();
        writeRing(how, script);
        if ((how & 1) != 0) {
            SegmentFuzz.write(JOURNAL, script);
        } else {
            SegmentFuzz.write(JOURNAL, new Script(new byte[0]));
        }
        String first = replay();
        Check.same(replay(), first, "a second replay");
        if ((how & 32) != 0) {
            command("replay", ROOT.resolve("rings").toString(), STATE.toString(), "--format", "json", "--force");
            command("replay", CHANNEL.toString(), STATE.toString(), "--verify", "--force");
            command("loss", "--channel", CHANNEL.toString(), "--state", STATE.toString());
            command("errors", "--state", STATE.toString());
        }
    }

    private static void writeRing(int how, Script script) {
        byte[] bytes = RINGS[how >> 1 & 3].clone();
        for (int i = script.u8() % 16; i > 0; i--) {
            int offset = (script.u16() | script.u8() << 16) % bytes.length;
            byte[] edit = script.take(Math.min(script.u8(), bytes.length - offset));
            System.arraycopy(edit, 0, bytes, offset, edit.length);
        }
        if ((how & 8) != 0) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, CREATED);
            crc.update(bytes, TEXTS, HEADER_CRC - TEXTS);
            Bytes.putInt(bytes, HEADER_CRC, (int) crc.getValue());
        }
        int length = (how & 16) != 0 ? Math.min(bytes.length, 2 * script.u16()) : bytes.length;
        Scratch.write(RING, bytes, 0, length);
    }

    private static String replay() throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        RecordPrinter printer = new RecordPrinter(RecordFilter.ALL, new JsonFormat(), lines);
        Replay replay = new Replay(Evidence.find(List.of(CHANNEL, STATE)), true, printer, (done, total) -> {
            Check.that(done >= 0, "progress");
        });
        replay.open();
        ReplayReport report = replay.run();
        printer.flush();
        Check.same(report.records(), printer.printed(), "records of the report");
        String text = lines.toString(StandardCharsets.UTF_8);
        Check.same(text.chars().filter(c -> c == '\n').count(), printer.printed(), "lines");
        StringWriter out = new StringWriter();
        new VerifyReport(report).print(new PrintWriter(out));
        plain(out.toString());
        for (String finding : report.findings()) {
            text += Plain.text(finding) + '\n';
        }
        return text;
    }

    private static void command(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false, false);
        int code = Emberlog.run(
                terminal,
                Map.of("XDG_STATE_HOME", "/nowhere", "EMBERLOG_DIR", "/nowhere/rings"),
                HandlerTypes.installed(),
                config -> ExitCodes.INTERNAL,
                words);
        Check.that(
                code == ExitCodes.DONE || code == ExitCodes.FINDINGS || code == ExitCodes.IO,
                "exit code=" + code + " of " + String.join(" ", words) + ": " + err);
        plain(out.toString());
        plain(err.toString());
    }

    private static void plain(String text) {
        Check.that(
                text.chars().noneMatch(c -> c < ' ' && c != '\n' || c >= 0x7F && c < 0xA0),
                "what is said is plain text: " + Plain.text(text));
    }
}

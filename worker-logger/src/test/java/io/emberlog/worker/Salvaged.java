package io.emberlog.worker;

import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.message.ValueCursor;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSalvage;
import io.emberlog.ring.SlotSequences;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a master would deliver of the rings in a directory, were their process dead now: those staged, too, and no double. */
final class Salvaged {
    /** One log record and the ring record that holds it. */
    record Entry(String text, int slot, long position, int index, int severity) {}

    final List<Entry> entries = new ArrayList<>();

    static Salvaged of(Path directory) {
        try {
            List<RingFile> files = new ArrayList<>();
            for (Path path : ChannelDirectory.open(directory).rings()) {
                files.add(RingFile.openReadOnly(path));
            }
            files.sort(Comparator.comparingLong(file -> file.header().createdEpochNs()));
            Salvaged salvaged = new Salvaged();
            SlotSequences sequences = new SlotSequences();
            for (RingFile file : files) {
                salvaged.add(file, sequences);
            }
            return salvaged;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RingBrokenException e) {
            throw new AssertionError(e);
        }
    }

    private void add(RingFile file, SlotSequences sequences) throws RingBrokenException {
        RingBlock block = new RingBlock();
        RingBlockReader reader = new RingBlockReader();
        RingSalvage salvage = RingSalvage.start(file, file.header().journaledPosition(), sequences);
        while (salvage.next(block, 1, (sent, next, goodbye) -> {})) {
            reader.wrap(block.bytes(), 0, block.length(), block.position());
            while (reader.nextEntry()) {
                if (reader.type() == MessageDescriptor.TYPE_LOG_BATCH) {
                    entries.add(new Entry(
                            text(reader),
                            reader.slot(),
                            reader.position(),
                            reader.index(),
                            reader.entry().severity()));
                }
            }
        }
    }

    private static String text(RingBlockReader reader) {
        String text = reader.entry().text(MessageDescriptor.TEMPLATE);
        if (!reader.entry().isLiteral()) {
            ValueCursor args = reader.entry().args();
            while (args.next()) {
                text = text.replaceFirst(
                        "\\{}", java.util.regex.Matcher.quoteReplacement(String.valueOf(args.value())));
            }
        }
        return text;
    }

    List<String> texts() {
        return entries.stream().map(Entry::text).toList();
    }
}

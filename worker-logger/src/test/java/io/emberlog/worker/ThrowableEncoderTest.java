package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exceptions as they arrive: what Java prints, without what could hang or throw. */
class ThrowableEncoderTest {
    @TempDir
    Path temp;

    private WorkerFixture worker;

    @BeforeEach
    void open() {
        worker = new WorkerFixture(temp, Overflow.drop(), 1 << 22);
        worker.step(0);
    }

    private List<String> logged(Throwable throwable) {
        assertThat(worker.log.atError().cause(throwable).log("failed")).isTrue();
        return RingContents.only(worker.directory).entries.get(0).exception();
    }

    /** Our lines as Java would print them. */
    private static String asPrinted(List<String> lines) {
        StringBuilder text = new StringBuilder();
        String indent = "";
        for (String line : lines) {
            if (line.startsWith("\t")) {
                text.append(indent).append(line).append('\n');
            } else {
                int kind = line.charAt(0) - '0';
                if (kind == MessageDescriptor.SUPPRESSED) {
                    indent = "\t";
                }
                text.append(kind == MessageDescriptor.SUPPRESSED ? "\tSuppressed: " : "")
                        .append(kind == MessageDescriptor.CAUSE ? indent + "Caused by: " : "")
                        .append(line.substring(4))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String printed(Throwable throwable) {
        StringWriter text = new StringWriter();
        throwable.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void causesAndFramesInCommonAreAsJavaPrintsThem() {
        Exception exception =
                new RuntimeException("outer", new IllegalStateException("middle", new IllegalArgumentException()));
        assertThat(asPrinted(logged(exception))).isEqualTo(printed(exception));
    }

    @Test
    void suppressedOnesComeWithTheirCauses() {
        Exception exception = new RuntimeException("outer");
        exception.addSuppressed(new IllegalStateException("inner", new IllegalArgumentException("root")));
        assertThat(asPrinted(logged(exception))).isEqualTo(printed(exception));
    }

    @Test
    void circlesEnd() {
        Exception first = new Exception("first");
        Exception second = new Exception("second", first);
        first.initCause(second);
        List<String> lines = logged(first);
        assertThat(lines.stream().filter(line -> !line.startsWith("\t")))
                .containsExactly(
                        "0 0 java.lang.Exception: first",
                        "1 1 java.lang.Exception: second",
                        "3 2 java.lang.Exception: first");
    }

    /** At each length of a message the record fills somewhere else in the chain: also between the last cause and the note. */
    @Test
    void aRecordThatIsFullAtAnyPlaceOfALongChainIsWholeAndTheNextOnesFollow() {
        for (int length = 7_000; length < 17_000; length += 37) {
            BatchEncoder batch = new BatchEncoder(512 * 1024, 512 * 1024);
            Throwable chain = null;
            String message = "m".repeat(length);
            for (int i = 0; i < 70; i++) {
                chain = new Exception(message, chain);
                chain.setStackTrace(new StackTraceElement[0]);
            }
            batch.begin();
            batch.beginEntry(17, 1, 1);
            batch.text(MessageDescriptor.TEMPLATE, "failed");
            ThrowableEncoder.encode(batch, chain);
            batch.endEntry();
            batch.finish(0, 1);
            EntryDecoder entry = new EntryDecoder();
            assertThat(entry.wrap(batch.buffer(), MessageDescriptor.BATCH_HEADER_LENGTH, batch.length()))
                    .as("messages of %d", length)
                    .isTrue();
            assertThat(entry.length()).isEqualTo(batch.length() - MessageDescriptor.BATCH_HEADER_LENGTH);
        }
    }

    @Test
    void chainsWithoutEndAreBounded() {
        Throwable chain = new Exception("0");
        for (int i = 1; i < 100_000; i++) {
            chain = new Exception(Integer.toString(i), chain);
            chain.setStackTrace(new StackTraceElement[0]);
        }
        assertThat(logged(chain)).hasSizeBetween(10, 400).anyMatch(line -> line.contains("further causes left out"));
    }

    @Test
    void wideTreesAreBounded() {
        Exception exception = new Exception("root");
        List<Exception> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Exception suppressed = new Exception("s" + i);
            suppressed.setStackTrace(new StackTraceElement[0]);
            exception.addSuppressed(suppressed);
            all.add(suppressed);
        }
        assertThat(logged(exception)).hasSizeLessThan(1000);
    }

    @Test
    void overriddenMethodsThatThrowAreContained() {
        Exception bad = new Exception() {
            @Override
            public String getMessage() {
                throw new UnsupportedOperationException();
            }

            @Override
            public synchronized Throwable getCause() {
                throw new UnsupportedOperationException();
            }

            @Override
            public StackTraceElement[] getStackTrace() {
                return null;
            }
        };
        assertThat(logged(bad))
                .containsExactly("0 0 " + bad.getClass().getName()
                        + ": [FAILED getMessage(): java.lang.UnsupportedOperationException]");
    }

    @Test
    void lastThrowableWithoutAPlaceIsTheException() {
        Exception exception = new Exception("boom");
        WorkerLogger log = worker.log;
        assertThat(log.error("a {}", 1L, exception)).isTrue();
        assertThat(log.error("b {}", exception)).isTrue();
        assertThat(log.error("c", exception)).isTrue();
        assertThat(log.error("d {} {} {}", 1, 2, 3, exception)).isTrue();
        assertThat(log.atError().arg(1).arg(exception).log("e {}")).isTrue();
        assertThat(log.error("f \\{} {}", 1L, exception)).isTrue();
        List<RingContents.Entry> entries = RingContents.only(worker.directory).entries;
        assertThat(entries.get(0).args()).containsExactly(1L);
        assertThat(entries.get(1).args()).containsExactly("java.lang.Exception: boom");
        assertThat(entries.get(1).exception()).isNull();
        assertThat(entries.get(2).args()).isEmpty();
        assertThat(entries.get(3).args()).containsExactly(1L, 2L, 3L);
        assertThat(entries.get(4).args()).containsExactly(1L);
        for (int i : new int[] {0, 2, 3, 4, 5}) {
            assertThat(entries.get(i).exception().get(0)).isEqualTo("0 0 java.lang.Exception: boom");
        }
    }
}

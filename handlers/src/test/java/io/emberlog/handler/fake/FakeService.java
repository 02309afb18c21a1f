package io.emberlog.handler.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;

/**
 * A service over HTTP on this machine that enforces the limits of the real one: what breaks them gets the real one's error, and is
 * noted as a breach, which a test asserts there are none of. May also be away, hang, or answer with anything.
 */
public abstract class FakeService implements AutoCloseable {
    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer takes 40 ms
    }

    /**
     * What came. Names of headers in lower case.
     *
     * @param body unpacked
     * @param sent the body as it came
     */
    public record Request(
            String method, String path, String query, Map<String, String> headers, String body, byte[] sent) {}

    /** What goes back. */
    public record Answer(int status, Map<String, String> headers, String body) {
        public Answer(int status, String body) {
            this(status, Map.of("Content-Type", "application/json"), body);
        }
    }

    /** Answers in place of the service, until it is taken away. */
    public interface Trouble {
        /** @return null for no answer at all: the connection stays open */
        Answer answer(Request request);
    }

    /** Never answers. */
    public static final Trouble HANG = request -> null;

    final LongSupplier clock;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<String> breaches = new CopyOnWriteArrayList<>();
    private CountDownLatch closing = new CountDownLatch(1);
    private volatile Trouble trouble;
    private HttpServer server;
    private int port;

    /** @param clock nanoseconds, for limits of rates; the one that the handler has */
    FakeService(LongSupplier clock) throws IOException {
        this.clock = clock;
        start();
    }

    /** What the real one would do. */
    abstract Answer answer(Request request);

    public final String origin() {
        return "http://127.0.0.1:" + port;
    }

    /** Every request that came, also those that were answered with an error. */
    public final List<Request> requests() {
        return requests;
    }

    /** What broke a rule of the service; a handler must never. */
    public final List<String> breaches() {
        return breaches;
    }

    public final void trouble(Trouble newTrouble) {
        trouble = newTrouble;
    }

    /** Works again. */
    public final void heal() throws IOException {
        trouble = null;
        if (server == null) {
            start();
        }
    }

    /** Connections are refused. */
    public final void refuse() {
        closing.countDown();
        server.stop(0);
        server = null;
    }

    @Override
    public final void close() {
        if (server != null) {
            refuse();
        }
        threads.shutdownNow();
    }

    final void breach(String what) {
        breaches.add(what);
    }

    private void start() throws IOException {
        closing = new CountDownLatch(1);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        port = server.getAddress().getPort();
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = read(exchange);
            requests.add(request);
            Trouble present = trouble;
            Answer answer;
            synchronized (this) {
                answer = present == null ? answer(request) : present.answer(request);
            }
            if (answer == null) {
                await();
                return;
            }
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            answer.headers().forEach(exchange.getResponseHeaders()::add);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Request read(HttpExchange exchange) throws IOException {
        byte[] sent = exchange.getRequestBody().readAllBytes();
        boolean isZipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        byte[] body = isZipped ? new GZIPInputStream(new ByteArrayInputStream(sent)).readAllBytes() : sent;
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            breach("a body that is not UTF-8");
            text = "";
        }
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        String query = exchange.getRequestURI().getRawQuery();
        return new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                query == null ? "" : query,
                headers,
                text,
                sent);
    }

    private void await() {
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** So many in a window that begins with its first: as services count. Not thread-safe. */
    static final class Window {
        private final int most;
        private final long lengthNs;
        private final Deque<Long> times = new ArrayDeque<>();

        Window(int most, long lengthNs) {
            this.most = most;
            this.lengthNs = lengthNs;
        }

        /** @return how long to wait; 0 when this one is within the limit */
        long enter(long nowNs) {
            while (!times.isEmpty() && nowNs - times.peekFirst() >= lengthNs) {
                times.removeFirst();
            }
            if (times.size() >= most) {
                return times.peekFirst() + lengthNs - nowNs;
            }
            times.addLast(nowNs);
            return 0;
        }

        int left() {
            return most - times.size();
        }

        long resetNs(long nowNs) {
            return times.isEmpty() ? 0 : times.peekFirst() + lengthNs - nowNs;
        }
    }

    /** A time in which nothing is taken; whoever was told how long it lasts has no business there. Not thread-safe. */
    static final class Pause {
        private long untilNs;
        private boolean isBegun;
        private boolean isTold;

        void begin(long nowNs, long ns) {
            untilNs = nowNs + ns;
            isBegun = true;
            isTold = false;
        }

        long leftNs(long nowNs) {
            return isBegun ? Math.max(0, untilNs - nowNs) : 0;
        }

        /** From the second call on. */
        boolean isToldBefore() {
            boolean before = isTold;
            isTold = true;
            return before;
        }
    }

    /** Unpaired ones in any place of the text. */
    static boolean hasLoneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
    }

    /** The parts outside of fences; null when a fence is not closed. */
    static List<String> outsideOfFences(String text) {
        List<String> outside = new ArrayList<>();
        String[] parts = text.split("```", -1);
        for (int i = 0; i < parts.length; i += 2) {
            outside.add(parts[i]);
        }
        return parts.length % 2 == 1 ? outside : null;
    }
}

package io.emberlog.handler.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/**
 * A service over HTTP on the loopback interface for tests. Requests get what was {@linkplain #next scripted}, in turn, and then what
 * the service itself {@linkplain Service answers}; a service that finds a breach of its rules says so in {@link #breaches}, and the
 * test asserts that there is none.
 */
public final class ScriptedServer implements AutoCloseable {
    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer takes 40 ms
    }

    /** Does not answer until the server is closed. */
    public static final Answer HANGS = new Answer(-1, Map.of(), "");

    /** Closes the connection without an answer. */
    public static final Answer CLOSES = new Answer(-2, Map.of(), "");

    /** @param status negative for {@link #HANGS} and {@link #CLOSES} */
    public record Answer(int status, Map<String, String> headers, String body) {
        public static Answer of(int status, String body) {
            return new Answer(status, Map.of("Content-Type", "text/plain; charset=utf-8"), body);
        }

        public static Answer json(int status, String body) {
            return new Answer(status, Map.of("Content-Type", "application/json"), body);
        }
    }

    /** @param body decompressed */
    public record Request(String method, String path, Map<String, List<String>> headers, byte[] body) {
        public String header(String name) {
            List<String> values = headers.get(name);
            return values == null ? null : values.get(0);
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** What the service does with a request that no script is for. One call at a time. */
    public interface Service {
        Answer answer(Request request);
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "scripted-server");
        thread.setDaemon(true);
        return thread;
    });
    private final Service service;
    private final Deque<Answer> script = new ConcurrentLinkedDeque<>();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<String> breaches = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Answer always;

    public ScriptedServer(Service service) throws IOException {
        this.service = service;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** These, before the service is asked. */
    public void next(Answer... answers) {
        script.addAll(List.of(answers));
    }

    /** This, whatever else; null asks script and service again. */
    public void always(Answer answer) {
        always = answer;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public void breach(String what) {
        breaches.add(what);
    }

    /** Rules that requests broke. */
    public List<String> breaches() {
        return List.copyOf(breaches);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = read(exchange);
            requests.add(request);
            Answer scripted = always != null ? always : script.poll();
            Answer answer = scripted == null ? ask(request) : scripted;
            if (answer == HANGS) {
                closed.await();
            } else if (answer != CLOSES) {
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                answer.headers().forEach(exchange.getResponseHeaders()::add);
                exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
                if (body.length > 0) {
                    exchange.getResponseBody().write(body);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // a client that went away
        } catch (RuntimeException | Error e) {
            breach(e.toString());
            throw e;
        }
    }

    private synchronized Answer ask(Request request) {
        return service.answer(request);
    }

    private static Request read(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
            try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
                body = in.readAllBytes();
            }
        }
        return new Request(
                exchange.getRequestMethod(), exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}

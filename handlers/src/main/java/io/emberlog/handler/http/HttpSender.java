package io.emberlog.handler.http;

import io.emberlog.handler.tls.Certificates;
import io.emberlog.handler.tls.TlsAdvice;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends one request at a time and waits for its answer, for the whole of it no longer than {@link HttpSettings#timeout}. Follows no
 * redirects. What it throws has neither a cause nor a secret in it: addresses of some services are secrets, and the client quotes
 * them. One thread; the client's own threads are daemons and end when nobody has this object any more.
 */
public final class HttpSender {
    /** Bytes of an answer that are read, unless the service's answers are longer. */
    public static final int MAX_BODY = 64 * 1024;

    /** How long a thread without work lives: nobody closes this object's. */
    private static final long THREAD_KEPT_S = 10;

    private static final int CLIENT_THREADS = 1;

    private final HttpSettings settings;
    private final int maxBody;
    private final HttpClient client;

    /**
     * @param handlerName names the client's threads
     * @throws IOException when the certificates or the key cannot be read
     */
    public HttpSender(HttpSettings settings, String handlerName) throws IOException {
        this(settings, handlerName, MAX_BODY);
    }

    /** @param maxBody bytes of an answer that are read; the rest of a longer one is dropped */
    public HttpSender(HttpSettings settings, String handlerName, int maxBody) throws IOException {
        this.settings = settings;
        this.maxBody = maxBody;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .executor(threads(handlerName));
        if (settings.certificates() != null
                || settings.key() != null && settings.key().file() != null) {
            builder.sslContext(Certificates.context(settings.certificates(), settings.key()));
        }
        client = builder.build();
    }

    private static Executor threads(String handlerName) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                CLIENT_THREADS, CLIENT_THREADS, THREAD_KEPT_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "emberlog-http-" + handlerName);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true); // else each life of a handler would leave one behind
        return threads;
    }

    /**
     * An address that may be a secret.
     *
     * @throws IOException without the text
     */
    public static URI address(String text) throws IOException {
        try {
            return SecretForms.uri(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("the address " + e.getMessage());
        }
    }

    /**
     * @param secrets texts that must not be told
     * @throws IOException no answer; the text says why, by the name of what the client threw
     */
    public HttpReply send(HttpRequest request, List<String> secrets) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, headers -> new BoundedBody(maxBody));
        try {
            HttpResponse<byte[]> response = answer.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
            return new HttpReply(
                    response.statusCode(),
                    HttpReply.retryAfter(response.headers().firstValue("Retry-After"), Instant.now()),
                    response.headers(),
                    redacted(response, Redaction.of(secrets)));
        } catch (TimeoutException e) {
            answer.cancel(true); // ends the exchange, and with it the connection
            throw new IOException("no answer within " + settings.timeout().toMillis() + " ms");
        } catch (InterruptedException e) {
            answer.cancel(true); // nobody of ours does that; the flag would close channels used from here on
            throw new IOException("interrupted while waiting for the answer");
        } catch (ExecutionException e) {
            throw new IOException(Redaction.of(secrets).apply(said(e.getCause(), settings.ownKey())));
        }
    }

    private static byte[] redacted(HttpResponse<byte[]> response, Redaction redaction) {
        boolean holdsLengths = response.headers()
                .firstValue("Content-Type")
                .filter(type -> type.contains("protobuf"))
                .isPresent();
        return holdsLengths ? redaction.applyKeepingLength(response.body()) : redaction.apply(response.body());
    }

    /** Without the address, which may be a secret; what the client throws often has no message. */
    private static String said(Throwable cause, String ownKey) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof UnresolvedAddressException || each instanceof UnknownHostException) {
                return "the name of the host is unknown";
            }
            if (each instanceof HttpConnectTimeoutException) {
                return "no connection within connect_timeout";
            }
        }
        if (cause instanceof ConnectException && cause.getMessage() == null) {
            return "the host refuses the connection, or cannot be reached";
        }
        Throwable last = cause;
        while (last.getCause() != null && last.getMessage() == null) {
            last = last.getCause();
        }
        String name = cause.getClass().getSimpleName();
        return (last.getMessage() == null ? name : name + ": " + last.getMessage()) + TlsAdvice.of(cause, ownKey);
    }
}

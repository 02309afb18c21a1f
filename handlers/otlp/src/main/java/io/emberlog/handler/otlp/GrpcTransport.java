package io.emberlog.handler.otlp;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.handler.http.Credentials;
import io.emberlog.handler.http.Endpoint;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.Redaction;
import io.emberlog.handler.http.RequestHeaders;
import io.emberlog.handler.tls.Certificates;
import io.emberlog.handler.tls.ClientKey;
import io.emberlog.handler.tls.TlsAdvice;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;

/**
 * OTLP/gRPC: one channel on one thread of its own, by the JDK's sockets and TLS, so that no native code is unpacked. Each call has a
 * deadline, none is repeated by the client: that is done by who calls.
 */
final class GrpcTransport implements Transport {
    private static final String SERVICE = "the collector";
    private static final int MAX_ANSWER = 64 * 1024;
    private static final int HTTPS = 443;
    private static final int HTTP = 80;
    private static final long QUIET_MS = 0;
    private static final long LONGEST_CLOSE_MS = 1000;

    private final OtlpSettings settings;
    private final EventLoopGroup loop;
    private final ManagedChannel channel;

    GrpcTransport(OtlpSettings settings, String handlerName) throws IOException {
        this.settings = settings;
        boolean isTls = Endpoint.isTls(settings.url());
        int given = settings.url().getPort();
        int port = given >= 0 ? given : isTls ? HTTPS : HTTP;
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(
                        settings.url().getHost(), port)
                .channelType(NioSocketChannel.class)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.http().connectTimeout().toMillis())
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(MAX_ANSWER);
        if (isTls) {
            SslContextBuilder tls = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
            if (settings.http().certificates() != null) {
                tls.trustManager(Certificates.trust(settings.http().certificates())[0]);
            }
            KeyManager[] keys = settings.http().key().managers();
            if (keys != null) {
                tls.keyManager(keys[0]);
            }
            builder.sslContext(tls.build());
        } else {
            builder.usePlaintext();
        }
        loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("emberlog-grpc-" + handlerName, true), NioIoHandler.newFactory());
        channel = builder.eventLoopGroup(loop).build();
    }

    @Override
    public Outcome send(ExportLogsServiceRequest request) throws IOException {
        Credentials.Revealed revealed = settings.credentials().reveal();
        RequestHeaders.Revealed further = settings.headers().reveal();
        List<String> secrets = new ArrayList<>(revealed.secrets());
        secrets.addAll(further.secrets());
        CallOptions options =
                CallOptions.DEFAULT.withDeadlineAfter(settings.http().timeout().toNanos(), TimeUnit.NANOSECONDS);
        if (settings.gzip()) {
            options = options.withCompression("gzip");
        }
        channel.resetConnectBackoff(); // whoever calls has waited already
        try {
            ExportLogsServiceResponse response = ClientCalls.blockingUnaryCall(
                    with(revealed, further), LogsServiceGrpc.getExportMethod(), options, request);
            return new Outcome(null, redacted(response, secrets), request.getSerializedSize());
        } catch (StatusRuntimeException e) {
            return new Outcome(failure(e, secrets), null, request.getSerializedSize());
        }
    }

    /** A collector may echo what it was sent in what it says of the records. */
    private static ExportLogsServiceResponse redacted(ExportLogsServiceResponse response, List<String> secrets) {
        String message = response.getPartialSuccess().getErrorMessage();
        String redacted = Redaction.of(secrets).apply(message);
        if (redacted.equals(message)) {
            return response;
        }
        ExportLogsServiceResponse.Builder builder = response.toBuilder();
        builder.getPartialSuccessBuilder().setErrorMessage(redacted);
        return builder.build();
    }

    private Channel with(Credentials.Revealed revealed, RequestHeaders.Revealed further) throws IOException {
        Metadata metadata = new Metadata();
        further.values().forEach((name, value) -> metadata.put(key(name), value));
        if (revealed.header() != null) {
            String value = revealed.value();
            if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
                throw new IOException("the secret cannot stand in a header of gRPC; allowed: printable ASCII");
            }
            metadata.put(key(revealed.header()), value);
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static Metadata.Key<String> key(String header) {
        return Metadata.Key.of(header.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER);
    }

    /** What the specification calls retryable, and all that is not about the records, waits; the rest is the records' fault. */
    static Reply failure(StatusRuntimeException e, List<String> secrets) {
        String description =
                e.getStatus().getDescription() == null ? "" : e.getStatus().getDescription();
        Redaction redaction = Redaction.of(secrets);
        String said = SERVICE + " answered " + e.getStatus().getCode()
                + (description.isEmpty() ? "" : ": " + shown(redaction.apply(description))) + cause(e, redaction)
                + TlsAdvice.of(e, ClientKey.TLS_KEY.name());
        Duration retryAfter = retryAfter(e);
        return switch (e.getStatus().getCode()) {
            case INVALID_ARGUMENT, ALREADY_EXISTS ->
                Reply.rejected(e.getStatus().getCode().name(), said);
            case RESOURCE_EXHAUSTED ->
                description.contains("larger than max") ? Reply.tooLarge(said) : Reply.unavailable(said, retryAfter);
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                Reply.unavailable(said + "; allowed: credentials that may write", retryAfter);
            case UNIMPLEMENTED, NOT_FOUND ->
                Reply.unavailable(said + "; allowed: the address of a collector's OTLP/gRPC receiver", retryAfter);
            default -> Reply.unavailable(said, retryAfter);
        };
    }

    /** @param text redacted: what is cut is not known for a secret any more */
    private static String shown(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\u2028\u2029]", " ");
        return line.substring(0, Math.min(line.length(), 200));
    }

    private static String cause(StatusRuntimeException e, Redaction redaction) {
        Throwable cause = e.getStatus().getCause();
        return cause == null || cause.getMessage() == null
                ? ""
                : " (" + shown(redaction.apply(cause.getMessage())) + ")";
    }

    private static Duration retryAfter(StatusRuntimeException e) {
        com.google.rpc.Status status = StatusProto.fromThrowable(e);
        if (status == null) {
            return Duration.ZERO;
        }
        for (Any detail : status.getDetailsList()) {
            if (detail.is(RetryInfo.class)) {
                try {
                    com.google.protobuf.Duration delay =
                            detail.unpack(RetryInfo.class).getRetryDelay();
                    return HttpReply.seconds(delay.getSeconds() + delay.getNanos() / 1e9);
                } catch (InvalidProtocolBufferException broken) {
                    return Duration.ZERO;
                }
            }
        }
        return Duration.ZERO;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(QUIET_MS, LONGEST_CLOSE_MS, TimeUnit.MILLISECONDS);
    }
}

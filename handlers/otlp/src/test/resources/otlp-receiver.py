"""An OTLP receiver for tests, over HTTP and gRPC: prints what it gets as JSON, one line a request.

argv[1] holds a google.protobuf.FileDescriptorSet. argv[2] and argv[3], if given, are key and certificate of both
ports, argv[4] the authority of clients' certificates, without one of which they take nobody. Lines of
standard input say how the next requests are answered, in turn: {"http": 503, "headers": {...}, "message": "..."},
{"grpc": "UNAVAILABLE", "message": "...", "retry": 1.5}, {"partial": 2, "message": "..."}, {"hang": true}, {"raw": "text"}; ["forget"]
takes back what is left of them.
"""
import gzip
import http.server
import json
import queue
import ssl
import sys
import threading
from concurrent import futures

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, duration_pb2, json_format, message_factory

files = descriptor_pb2.FileDescriptorSet()
with open(sys.argv[1], "rb") as source:
    files.ParseFromString(source.read())
pool = descriptor_pool.DescriptorPool()
for file in files.file:
    pool.Add(file)
factory = message_factory.MessageFactory(pool)


def message_type(name):
    return factory.GetPrototype(pool.FindMessageTypeByName(name))


LOGS = "opentelemetry.proto.collector.logs.v1."
Request = message_type(LOGS + "ExportLogsServiceRequest")
Response = message_type(LOGS + "ExportLogsServiceResponse")
Status = message_type("google.rpc.Status")
RetryInfo = message_type("google.rpc.RetryInfo")

script = queue.Queue()
output = threading.Lock()
never = threading.Event()


def say(line):
    with output:
        print(json.dumps(line), flush=True)


def next_answer():
    try:
        return script.get_nowait()
    except queue.Empty:
        return {}


def got(protocol, request, headers):
    say({"protocol": protocol, "headers": headers, "request": json_format.MessageToDict(request)})


def response(answer):
    made = Response()
    if "partial" in answer:
        made.partial_success.rejected_log_records = answer["partial"]
        made.partial_success.error_message = answer.get("message", "")
    return made


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        answer = next_answer()
        if answer.get("hang"):
            never.wait()
        if "http" in answer:
            status = Status()
            status.message = answer.get("message", "")
            return self.send(answer["http"], status.SerializeToString(), answer.get("headers", {}))
        if "raw" in answer:
            return self.send(200, answer["raw"].encode(), {})
        if self.path != "/v1/logs" or self.headers["Content-Type"] != "application/x-protobuf":
            return self.send(404, b"", {})
        request = Request()
        request.ParseFromString(body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        peer = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
        if peer:
            headers["x-peer"] = dict(pair for part in peer["subject"] for pair in part)["commonName"]
        got("http", request, headers)
        return self.send(200, response(answer).SerializeToString(), {})

    def send(self, code, body, headers):
        self.send_response(code)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def export(request, context):
    answer = next_answer()
    if answer.get("hang"):
        never.wait()
    if "grpc" in answer:
        code = getattr(grpc.StatusCode, answer["grpc"])
        if "retry" in answer:
            status = Status()
            status.code = code.value[0]
            status.message = answer.get("message", "")
            info = RetryInfo()
            info.retry_delay.seconds = int(answer["retry"])
            info.retry_delay.nanos = int(answer["retry"] % 1 * 1e9)
            detail = status.details.add()
            detail.type_url = "type.googleapis.com/google.rpc.RetryInfo"
            detail.value = info.SerializeToString()
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(code, answer.get("message", ""))
    headers = dict((name, str(value)) for name, value in context.invocation_metadata())
    for name in context.auth_context().get("x509_common_name", []):
        headers["x-peer"] = name.decode()
    got("grpc", request, headers)
    return response(answer)


def read_script():
    for line in sys.stdin:
        answers = json.loads(line)
        if answers == ["forget"]:
            while not script.empty():
                script.get()
            answers = []
        for answer in answers:
            script.put(answer)
        say({"scripted": True})
    sys.stdout.flush()
    import os

    os._exit(0)  # the test is over


web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
web.daemon_threads = True
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[2])
    if len(sys.argv) > 4:
        context.load_verify_locations(sys.argv[4])
        context.verify_mode = ssl.CERT_REQUIRED
    web.socket = context.wrap_socket(web.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=web.serve_forever, daemon=True).start()

rpc = grpc.server(futures.ThreadPoolExecutor(200), options=[("grpc.max_receive_message_length", 4 * 1024 * 1024)])
rpc.add_generic_rpc_handlers((
    grpc.method_handlers_generic_handler(
        LOGS + "LogsService",
        {
            "Export": grpc.unary_unary_rpc_method_handler(
                export,
                request_deserializer=Request.FromString,
                response_serializer=lambda message: message.SerializeToString(),
            )
        },
    ),
))
if len(sys.argv) > 3:
    with open(sys.argv[2], "rb") as key, open(sys.argv[3], "rb") as chain:
        pairs = [(key.read(), chain.read())]
    clients = None
    if len(sys.argv) > 4:
        with open(sys.argv[4], "rb") as authority:
            clients = authority.read()
    credentials = grpc.ssl_server_credentials(pairs, clients, clients is not None)
    port = rpc.add_secure_port("127.0.0.1:0", credentials)
else:
    port = rpc.add_insecure_port("127.0.0.1:0")
rpc.start()
say({"http": web.server_address[1], "grpc": port})
read_script()

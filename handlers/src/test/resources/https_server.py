"""An HTTPS server for tests: https_server.py KEY CERTIFICATE [CLIENTS_AUTHORITY]

Prints its port, then the path of each request it takes, and answers as the service does whose path it is. With an authority it takes none
without a certificate of it, and prints whose it is behind the path. Ends with its standard input.
"""
import http.server
import ssl
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        names = dict(name[0] for name in (self.connection.getpeercert() or {}).get("subject", ()))
        print(self.path, *names.values(), flush=True)
        if self.path.startswith("/_bulk"):
            self.send(200, b'{"errors":false,"items":[]}')
        elif self.path.endswith("/sendMessage"):
            self.send(200, b'{"ok":true}')
        elif "/slack" in self.path:
            self.send(200, b"ok")
        else:
            self.send(204, b"")

    def send(self, code, body):
        self.send_response(code)
        if body:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[1])
if len(sys.argv) > 3:
    context.load_verify_locations(sys.argv[3])
    context.verify_mode = ssl.CERT_REQUIRED
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()

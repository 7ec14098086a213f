"""The HTTP side: one host, Google's paths, one thread per connection."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from .wire import Call, Reply

RESET = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: close sends a reset
SMALLEST_GZIP = 500


class App(Protocol):
    def answer(self, call: Call) -> Reply: ...

    def hold(self, call: Call, arrived: float) -> None:
        """Waits until the answer to a call that arrived at a moment of `time.monotonic` may go."""


def packed(call: Call, reply: Reply) -> Reply:
    """The reply as it travels: compressed where the caller says so in both headers."""
    accepts, agent = (call.headers.get(name, "") for name in ("accept-encoding", "user-agent"))
    if "gzip" in accepts and "gzip" in agent and len(reply.body) > SMALLEST_GZIP:
        reply.body = gzip.compress(reply.body, 1)
        reply.headers["Content-Encoding"] = "gzip"
    return reply


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "GSE"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    server: Server

    def _serve(self) -> None:
        self.server.app_reply(self)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve

    def read_call(self) -> Call:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        headers = {name.lower(): value for name, value in self.headers.items()}
        parts = urlsplit(self.path)
        verb, query = self.command, parse_qsl(parts.query, keep_blank_values=True)
        override = headers.get("x-http-method-override")
        if verb == "POST" and override:
            verb = override.upper()
            if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
                query += parse_qsl(body.decode(), keep_blank_values=True)
                body = b""
        return Call(verb, parts.path, query, headers, body)

    def send(self, call: Call, reply: Reply) -> None:
        body, headers = reply.body, {"Date": self.date_time_string()} | reply.headers
        self.send_response_only(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if reply.status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        half = reply.fate == "half"
        if call.verb != "HEAD":
            self.wfile.write(body[: len(body) // 2] if half else body)
        self.wfile.flush()
        self.close_connection = self.close_connection or half

    def drop(self, reset: bool) -> None:
        """Ends the connection without an answer."""
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the emulator has a log of its own."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, app: App, host: str, port: int) -> None:
        self.app = app
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__((host, port), Handler)

    def app_reply(self, handler: Handler) -> None:
        arrived = time.monotonic()
        call = handler.read_call()
        reply = packed(call, self.app.answer(call))
        self.app.hold(call, arrived)
        if reply.fate in ("none", "missing"):
            handler.drop(reset=reply.status == 0)
        else:
            handler.send(call, reply)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Ends the connections that clients keep alive."""
        with self._open_lock:
            for request in self._open:
                try:
                    request.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours; anything else is shown."""
        import sys

        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

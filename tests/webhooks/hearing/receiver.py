"""A system that is informed: an HTTP server in a thread of its own, which checks signatures by itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def verify(secret: str, headers: dict[str, str], body: bytes) -> int:
    """How many of a message's signatures are those of a secret; as the specification words it, without our code."""
    key = base64.b64decode(secret.split("_", 1)[1])
    content = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return [each.split(",", 1) for each in headers["webhook-signature"].split(" ")].count(["v1", expected])


class Receiver:
    """What has come, and what is answered.

    Args:
        port: Where it listens.
        scheme: By which.
    """

    def __init__(self, port: int, scheme: str = "http") -> None:
        # The port may have been that of another test's receiver, for which something still waits.
        self.path = f"/hooks/{secrets.token_hex(4)}?key=1"
        self.url = f"{scheme}://127.0.0.1:{port}{self.path}"
        #: Answers to come; the last one stays. None says nothing until the receiver ends.
        self.answers: list[int | None] = [204]
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.over = threading.Event()

    @property
    def reported(self) -> list[Any]:
        """The bodies."""
        return [json.loads(body) for _, body in self.came]


@contextmanager
def receiving(identity: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on a free port, by https if it has something to prove who it is."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path != receiver.path:
                self.send_error(404)
                return
            receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
            if status is None:
                receiver.over.wait(60)
                return
            self.send_response(status)
            if status in (301, 307):
                self.send_header("location", receiver.url)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(server.server_port, "https" if identity else "http")
        if identity is not None:
            # The handshake is made by the thread that reads: one that comes to nothing holds nobody up.
            server.socket = identity.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield receiver
        finally:
            receiver.over.set()
            server.shutdown()

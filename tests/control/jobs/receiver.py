"""Somebody's server that takes webhooks, and answers what a test wants."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from standardwebhooks import Webhook


class Receiver:
    """Listens on this machine; `with Receiver() as receiver:`."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        """Headers (lower case) and body of each request."""
        self.status = 204
        self.answer = b""
        self.headers: dict[str, str] = {}
        self.wait = threading.Event()
        """While it is clear, no request is answered."""
        self.wait.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
                receiver.wait.wait(30)
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(receiver.answer)))
                self.end_headers()
                self.wfile.write(receiver.answer)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook?tenant=7"

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.wait.set()
        self._server.shutdown()
        self._server.server_close()

    def verified(self, secret: str, number: int = -1) -> Any:
        """The body of a request, once the library found its signature good; raises where it is not."""
        headers, body = self.requests[number]
        Webhook(secret).verify(body, headers)
        return msgspec.json.decode(body)

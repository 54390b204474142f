"""A payment service as a process of its own: takes signed calls, checks them, and keeps what it was told.

Run as a program: `python payment_service.py SECRET`; it prints its port, then a line of JSON for each call it took.
Answers 503 to the first call when told to be slow to wake.
"""

import hmac
import json
import sys
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    """Takes calls."""

    secret = b""
    refusals = 0

    def do_POST(self) -> None:
        """Check a call's signature and say what it told."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = f"{self.headers['X-Wenjin-Timestamp']}.".encode() + body
        expected = "v1=" + hmac.new(self.secret, signed, sha256).hexdigest()
        is_right = hmac.compare_digest(expected, self.headers["X-Wenjin-Signature"])
        if Handler.refusals:
            Handler.refusals -= 1
            self.send_response(503)
        else:
            self.send_response(204 if is_right else 401)
            told = {"is_right": is_right, "event": self.headers["X-Wenjin-Event"], "body": json.loads(body)}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def main() -> None:
    """Serve until the process is ended."""
    Handler.secret = sys.argv[1].encode()
    Handler.refusals = int(sys.argv[2])
    server = HTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

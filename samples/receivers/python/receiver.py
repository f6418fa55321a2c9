"""Takes the engine's events: checks the signature, keeps each event once, answers 204.

    WEBHOOK_SECRET=... python3 receiver.py 8090 events.ndjson

Needs nothing but Python 3.8. Events are appended to the file, one JSON document a line, before they are answered: what was answered is kept.
"""
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OLDEST_SECONDS = 300
LARGEST_BYTES = 1024 * 1024


def is_signed(secret, timestamp, body, signatures, now):
    """Whether one of the signatures (v1=HEX, with commas between) is ours, and the request is no old one sent again."""
    if not timestamp.isdigit() or abs(now - int(timestamp)) > OLDEST_SECONDS:
        return False
    expected = "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(expected, signature.strip()) for signature in signatures.split(","))


class Events:
    """The events seen, in a file. An event comes again when its answer was lost: its id is known then."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._seen = set()
        whole = 0
        if os.path.exists(path):
            with open(path, "rb") as lines:
                for line in lines:
                    if line.endswith(b"\n"):
                        self._seen.add(json.loads(line)["id"])
                        whole += len(line)
            os.truncate(path, whole)  # a kill may have cut the last line: it was not answered and comes again
        self._file = open(path, "a", encoding="utf-8")

    def keep(self, event):
        with self._lock:
            if event["id"] in self._seen:
                return
            self._file.write(json.dumps(event, ensure_ascii=False) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self._seen.add(event["id"])


def handler_of(secret, events):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            length = int(self.headers.get("Content-Length", 0))
            if length > LARGEST_BYTES:
                self.close_connection = True
                return self.answer(413)
            body = self.rfile.read(length)
            signed = is_signed(
                secret, self.headers.get("Webhook-Timestamp", ""), body, self.headers.get("Webhook-Signature", ""), time.time())
            if not signed:
                return self.answer(401)
            events.keep(json.loads(body))
            return self.answer(204)

        def answer(self, status):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Nothing of the requests goes to the log."""

    return Handler


def main():
    port, path = int(sys.argv[1]), sys.argv[2]
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer(("127.0.0.1", port), handler_of(os.environ["WEBHOOK_SECRET"], Events(path))).serve_forever()


if __name__ == "__main__":
    main()

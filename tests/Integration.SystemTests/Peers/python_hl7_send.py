"""Sends messages with Debian's python3-hl7. Arguments: port, encoding. Standard input: one base64 message a line; prints each answer as base64."""
import base64
import sys

import hl7
from hl7.client import MLLPClient

port, encoding = int(sys.argv[1]), sys.argv[2]
with MLLPClient("127.0.0.1", port, encoding=encoding) as client:
    for line in sys.stdin:
        message = hl7.parse(base64.b64decode(line).decode(encoding))
        print(base64.b64encode(client.send_message(message)).decode(), flush=True)

"""Listens with Debian's python3-hl7. Arguments: port, encoding. Prints "listening", then PID-5 of each message as base64 of UTF-8, one a line.

Answers AA to everything. What cannot be decoded is not answered.
"""
import asyncio
import base64
import sys

import hl7.mllp

port, encoding = int(sys.argv[1]), sys.argv[2]


async def serve(reader, writer):
    try:
        while True:
            message = await reader.readmessage()
            print(base64.b64encode(str(message.segment("PID")[5]).encode()).decode(), flush=True)
            writer.writemessage(message.create_ack())
            await writer.drain()
    except asyncio.IncompleteReadError:
        writer.close()


async def main():
    async with await hl7.mllp.start_hl7_server(serve, "127.0.0.1", port, encoding=encoding) as server:
        print("listening", flush=True)
        await server.serve_forever()


asyncio.run(main())

"""An SMTP server for the tests: port, folder that takes each mail as JSON, then any of
"tls CERTIFICATE", "user NAME PASSWORD", "refuse ADDRESS", "later ADDRESS" (the first time), "die" (with the mail in hand, before the answer)."""
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import AuthResult

port, folder, *more = sys.argv[1:]


def after(word, count=1):
    return more[more.index(word) + 1 : more.index(word) + 1 + count] if word in more else [None] * count


refused, later = after("refuse")[0], after("later")[0]
seen = set()


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == refused:
            return f"550 5.1.1 <{address}> no such user"
        if address == later and address not in seen:
            seen.add(address)
            return f"451 4.7.1 <{address}> try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        taken = {
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None, "user": str(session.auth_data or ""),
            "headers": {name: str(value) for name, value in mail.items()}, "text": mail.get_content(), "raw": envelope.content.decode("ascii"),
        }
        path = os.path.join(folder, f"{len(os.listdir(folder)):04}-{os.getpid()}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(taken, file)
        os.rename(path + ".part", path)
        if "die" in more:
            os._exit(1)
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    name, password = after("user", 2)
    good = (data.login.decode(), data.password.decode()) == (name, password)
    return AuthResult(success=good, handled=False, message=None if good else "535 5.7.8 wrong", auth_data=name)


context = None
if "tls" in more:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(after("tls")[0])
settings = {"authenticator": authenticate, "auth_required": True} if "user" in more else {}
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
controller = UnthreadedController(Handler(), hostname="127.0.0.1", port=int(port), loop=loop, tls_context=context, require_starttls=context is not None, **settings)
controller.begin()
loop.run_forever()

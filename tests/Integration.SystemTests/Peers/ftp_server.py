"""An FTP server for the tests: port, folder, user, password, then "tls CERTIFICATE" for explicit TLS and "plain" for a server without MLSD."""
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

port, folder, user, password, *more = sys.argv[1:]
authorizer = DummyAuthorizer()
authorizer.add_user(user, password, folder, perm="elradfmw")
handler = TLS_FTPHandler if "tls" in more else FTPHandler
handler.authorizer = authorizer
if "tls" in more:
    handler.certfile = more[more.index("tls") + 1]
    handler.tls_control_required = True
    handler.tls_data_required = True
if "plain" in more:
    handler.proto_cmds = {name: command for name, command in handler.proto_cmds.items() if name not in ("MLSD", "MLST", "EPSV")}
FTPServer(("127.0.0.1", int(port)), handler).serve_forever()

"""An SMTP server with TLS and passwords, for tests: smtp_server.py starttls|implicit CERT KEY OUT_DIRECTORY [AUTH|RCPT|DATA|"" [CLIENTS_AUTHORITY]]

Reads user and password, a line each, prints its port, and writes each mail it takes to a file in OUT_DIRECTORY. Ends with its standard
input. The argument behind it names a command that is refused with all that is known of the password. With an authority no client is taken
that does not show a certificate of it, and each file says whose it was.
"""

import asyncio
import base64
import re
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

mode, cert, key, out = sys.argv[1:5]
indiscreet = sys.argv[5] if len(sys.argv) > 5 else ""
authority = sys.argv[6] if len(sys.argv) > 6 else ""
user = sys.stdin.readline().rstrip("\n")
password = sys.stdin.readline().rstrip("\n")
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(cert, key)
if authority:
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED


def tell(code):
    said = [password] + [base64.b64encode(t.encode()).decode() for t in (password, f"\0{user}\0{password}")]
    return f"{code} is it {' or '.join(said)}?"


class Keeper:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if indiscreet == "RCPT":
            return tell("550 5.1.1")
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if indiscreet == "DATA":
            return tell("554 5.7.1")
        poison = re.search(rb"poison (\d{3})", envelope.content)
        if poison:
            return f"{poison.group(1).decode()} 5.7.1 refused as spam"
        Keeper.count += 1
        head = f"X-Envelope: {envelope.mail_from} {','.join(envelope.rcpt_tos)}\r\nX-Tls: {session.ssl is not None}\r\n"
        peer = server.transport.get_extra_info("peercert")
        if peer:
            head += f"X-Peer: {dict(name[0] for name in peer['subject'])['commonName']}\r\n"
        part = Path(out) / f"{Keeper.count}.part"
        part.write_bytes(head.encode() + envelope.content)
        part.rename(Path(out) / f"{Keeper.count}.eml")
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    if indiscreet == "AUTH":
        return AuthResult(success=False, handled=False, message=tell("535 5.7.8"))
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
    return AuthResult(success=right, handled=False)  # the server says 535 itself


def session():
    if mode == "starttls":
        return SMTP(
            Keeper(), tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticate
        )
    # encrypted below SMTP, which cannot see it
    return SMTP(Keeper(), auth_required=True, auth_require_tls=False, authenticator=authenticate)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        session, host="127.0.0.1", port=0, ssl=context if mode == "implicit" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())

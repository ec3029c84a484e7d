"""A real mail server for tests: prints its port, then each mail that it takes as a line of JSON.

    python mail_server.py plain|starttls|tls FOLDER PORT

Takes mails of ada:secret only, unless "plain". Writes the certificate authority that its certificate
for 127.0.0.1 is from to FOLDER/ca.pem.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys
from pathlib import Path

import trustme
from aiosmtpd.smtp import SMTP, AuthResult


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return f"550 5.1.1 <{address}>: Recipient address rejected"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: mail.get_body((kind,)).get_content()
        say(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "encrypted": server.transport.get_extra_info("ssl_object") is not None,
                "headers": {name: str(value) for name, value in mail.items()},
                "text": part("plain"),
                "html": part("html"),
            }
        )
        return "250 OK"


def say(what):
    print(json.dumps(what), flush=True)


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"ada", b"secret"))


def certificate(folder):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


async def main(mode, folder, port):
    context = None if mode == "plain" else certificate(Path(folder))
    strict = {} if mode == "plain" else {"authenticator": authenticate, "auth_required": True}
    if mode == "starttls":
        strict |= {"tls_context": context, "require_starttls": True}
    elif mode == "tls":
        # The whole connection is encrypted, which aiosmtpd does not see.
        strict |= {"auth_require_tls": False}
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Mailbox(), enable_SMTPUTF8=True, **strict),
        "127.0.0.1",
        int(port),
        ssl=context if mode == "tls" else None,
    )
    say(server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))

"""Mail by SMTP: one connection for each message, in a thread, with a bound on every wait."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final
from urllib.parse import unquote, urlsplit

from app.domain.errors import DeskError
from app.domain.messages import Answer, Post, Verdict

SECONDS: Final = 10.0
"""For connecting, and for each answer of the server."""
_PERMANENT: Final = range(500, 600)
_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass
class BadMailUrl(DeskError):
    """The address of the mail server cannot be read, or would send a password in the clear."""

    code: str = "bad_mail_url"


@dataclass(frozen=True, slots=True)
class MailServer:
    """``smtp://host``, ``smtp+starttls://user:password@host``, or ``smtps://user:password@host:465``."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str

    @classmethod
    def parse(cls, url: str, sender: str) -> "MailServer":
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise BadMailUrl(
                id="PUSKESOS_SMTP_URL diawali smtp://, smtp+starttls:// atau smtps://, lalu nama server.",
                en="PUSKESOS_SMTP_URL begins with smtp://, smtp+starttls:// or smtps://, then the host.",
            )
        if parts.username and parts.scheme == "smtp":
            raise BadMailUrl(
                id="PUSKESOS_SMTP_URL memuat kata sandi, jadi harus smtp+starttls:// atau smtps://.",
                en="PUSKESOS_SMTP_URL has a password, so it needs smtp+starttls:// or smtps://.",
            )
        return cls(
            parts.scheme,
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            sender,
        )

    async def send(self, post: Post) -> Answer:
        """Hand one message over; the server's silence is no answer."""
        return await asyncio.to_thread(self._send, post)

    def _send(self, post: Post) -> Answer:
        try:
            message = self._message(post)
            with self._connect() as server:
                server.send_message(message, self.sender, [post.to])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            return Answer(_verdict(codes[0] if codes else 0))
        except smtplib.SMTPResponseException as error:
            return Answer(_verdict(error.smtp_code))
        except (OSError, smtplib.SMTPException):
            return Answer(Verdict.LATER)
        except ValueError:
            # An address that cannot stand in a header.
            return Answer(Verdict.REFUSED)
        return Answer(Verdict.TAKEN, post.id)

    def _message(self, post: Post) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = post.to
        message["Subject"] = post.subject
        # The same at each try: mail programs show a message that came twice once.
        domain = self.sender.rpartition("@")[2].strip("> ") or "puskesos.invalid"
        message["Message-ID"] = f"<{post.id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(post.text)
        return message

    def _connect(self) -> smtplib.SMTP:
        make: Callable[[], smtplib.SMTP] = {
            "smtp": self._plain,
            "smtp+starttls": self._upgraded,
            "smtps": self._sealed,
        }[self.scheme]
        server = make()
        if self.user:
            server.login(self.user, self.password)
        return server

    def _plain(self) -> smtplib.SMTP:
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)

    def _upgraded(self) -> smtplib.SMTP:
        server = self._plain()
        server.starttls(context=ssl.create_default_context())
        return server

    def _sealed(self) -> smtplib.SMTP:
        return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=ssl.create_default_context())


def _verdict(code: int) -> Verdict:
    return Verdict.REFUSED if code in _PERMANENT else Verdict.LATER

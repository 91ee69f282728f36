"""Mail by SMTP (RFC 5321, RFC 5322), through the province's own server."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

import aiosmtplib
from pydantic import SecretStr

Security = Literal["none", "starttls", "tls"]

SECONDS = 30.0


class MailRefused(Exception):
    """The server will never take this message for this address (SMTP 5xx)."""


class MailUnreachable(Exception):
    """The server did not take it now: it is away, slow, busy (SMTP 4xx) or refuses our log-in."""


@dataclass(frozen=True)
class MailServer:
    """One SMTP server. `sender` is the address that mail comes from."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    validate_certs: bool = True

    async def send(self, message: EmailMessage) -> None:
        """Hand one message over. Raises MailRefused or MailUnreachable."""
        try:
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password.get_secret_value() if self.password else None,
                use_tls=self.security == "tls",
                start_tls=self.security == "starttls",
                validate_certs=self.validate_certs,
                timeout=SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise _failure(max(codes, default=0)) from None
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPAuthenticationError) as error:
            # Our own address or password: an operator mends it, the recipient cannot.
            raise MailUnreachable(f"{type(error).__name__} {error.code}") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _failure(error.code) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise MailUnreachable(type(error).__name__) from None


def _failure(code: int) -> MailRefused | MailUnreachable:
    """By the reply's first digit: 5 is for good, 4 for now. The words may hold an address."""
    if 500 <= code < 600:
        return MailRefused(str(code))
    return MailUnreachable(str(code))


def build_message(
    sender: str, recipient: str, subject: str, body: str, message_id: str
) -> EmailMessage:
    """A plain-text message that answering machines leave alone (RFC 3834).

    Raises ValueError where an address or the subject has a line break in it.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def is_address(text: str) -> bool:
    """Whether this can be a mail address; only a letter sent there can tell whether it is one."""
    local, at, domain = text.partition("@")
    is_clean = not any(char.isspace() or char in ',;<>"' for char in text)
    return bool(local and at and "." in domain and "@" not in domain and is_clean)

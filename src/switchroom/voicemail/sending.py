"""Hands e-mail to a mail server, or to a command."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import smtplib
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from switchroom.base.errors import SwitchroomError
from switchroom.voicemail.outbox import Mail

TIMEOUT = 60.0  #: seconds that a server or a command may take
_PORTS = {"smtp": 25, "smtps": 465}
_PERMANENT = 500  #: from here on a server's answer will not be another one later


class NotSentError(SwitchroomError):
    """It did not work this time."""


class RefusedError(SwitchroomError):
    """It will never work."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where e-mail goes."""

    host: str
    port: int
    is_secure: bool = False  #: TLS from the first octet
    user: str = ""
    password: str = ""


def parse_smtp(text: str) -> SmtpServer:
    """Read ``smtp://user:password@host:587``, ``smtps://host`` or ``host:25``.

    Raises:
        ValueError: It is none of them.
    """
    parts = urlsplit(text if "://" in text else f"smtp://{text}")
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"expected smtp://user:password@host:port, not {text!r}")
    return SmtpServer(
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


async def send_aside(server: SmtpServer, mail: Mail) -> None:
    """As :func:`send_by_smtp`, in a thread that nobody has to wait for when the process ends.

    Cancelled, it goes on unseen: the e-mail may come twice then, and never not at all.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def end(error: Exception | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def work() -> None:
        failure: Exception | None = None
        try:
            send_by_smtp(server, mail)
        except Exception as error:  # noqa: BLE001  # the thread's supervisor: told to who waits
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(end, failure)

    threading.Thread(target=work, name="smtp", daemon=True).start()
    await done


def send_by_smtp(server: SmtpServer, mail: Mail) -> None:
    """Hand it to a server; blocks. STARTTLS is used where the server offers it.

    Raises:
        NotSentError: It may work later.
        RefusedError: The server will not have it.
    """
    try:
        with _connected(server) as client:
            client.sendmail(mail.sender, list(mail.recipients), mail.content)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        kind = RefusedError if min(codes, default=0) >= _PERMANENT else NotSentError
        raise kind(f"{server.host} refuses the recipients: {error.recipients}") from error
    except smtplib.SMTPAuthenticationError as error:  # the administrator can mend it
        raise NotSentError(f"{server.host} refuses the login ({error.smtp_code})") from error
    except smtplib.SMTPResponseException as error:
        kind = RefusedError if error.smtp_code >= _PERMANENT else NotSentError
        answer = error.smtp_error
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
        raise kind(f"{server.host} answers {error.smtp_code} {text}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"{server.host}:{server.port}: {error}") from error
    except ValueError as error:  # an address that cannot be said to a server: not ASCII, two lines
        raise RefusedError(f"no such recipients: {', '.join(mail.recipients)}: {error}") from error


def _connected(server: SmtpServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    us = socket.gethostname()  # smtplib itself would ask DNS for it, however long that takes
    if server.is_secure:
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, us, timeout=TIMEOUT, context=context
        )
    else:
        client = smtplib.SMTP(server.host, server.port, us, timeout=TIMEOUT)
    try:
        client.ehlo()
        if not server.is_secure and client.has_extn("starttls"):
            if not server.user:  # whoever listens on the way hears less, and more is not promised
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            client.starttls(context=context)
        if server.user:
            client.login(server.user, server.password)
    except BaseException:
        client.close()
        raise
    return client


async def send_by_command(command: str, mail: Mail) -> None:
    """Give it to a command's standard input, as ``sendmail -t`` takes it; no shell is asked.

    Raises:
        NotSentError: The command cannot be run, takes too long, or fails.
    """
    try:
        arguments = shlex.split(command)
    except ValueError as error:  # the administrator can mend it
        raise NotSentError(f"mailcmd {command!r}: {error}") from error
    code, _ = await run_arguments(arguments, mail.content)
    if code:
        raise NotSentError(f"mailcmd {command!r} ends with {code}")


async def run_arguments(arguments: Sequence[str], given: bytes = b"") -> tuple[int, bytes]:
    """Run a command to its end, its arguments as they are; gives its exit code and its output.

    Raises:
        NotSentError: It cannot be run, or takes too long.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError, TypeError) as error:
        raise NotSentError(f"cannot run {' '.join(arguments)!r}: {error}") from error
    try:
        async with asyncio.timeout(TIMEOUT):
            output, _ = await process.communicate(given)
    except TimeoutError as error:
        raise NotSentError(f"{arguments[0]} takes longer than {TIMEOUT:.0f} s") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode or 0, output

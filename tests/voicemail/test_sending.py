"""E-mail reaches a real server or a command, is tried again, and survives the process."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from switchroom.voicemail.outbox import Mail, Outbox
from switchroom.voicemail.postman import DELAYS, LONGEST, Postman
from switchroom.voicemail.sending import (
    NotSentError,
    RefusedError,
    SmtpServer,
    parse_smtp,
    send_aside,
    send_by_command,
)
from tests.support.mail_server import MailServer, mail_server
from tests.support.virtual_loop import run_virtual

CONTENT = b"Subject: hello\r\n\r\n.dots\r\nand \xc3\xbc\r\n"


def mail(folder: Path, *to: str) -> Mail:
    outbox = Outbox(folder)
    found = outbox.read(outbox.put(1.0, "pbx@example.com", to or ["alice@example.com"], CONTENT))
    assert found is not None
    return found


async def hand_over(server: MailServer, sent: Mail, **login: str) -> None:
    where = SmtpServer("127.0.0.1", server.port, **login)  # type: ignore[arg-type]  # user, password
    await send_aside(where, sent)


def test_a_server_gets_it_as_it_is(tmp_path: Path) -> None:
    async def main() -> None:
        async with mail_server() as server:
            await hand_over(server, mail(tmp_path))
            (got,) = server.got
            assert (got.mail_from, got.rcpt_tos, got.content) == (
                "pbx@example.com", ["alice@example.com"], CONTENT,
            )  # fmt: skip

    asyncio.run(main())


def test_a_server_that_wants_a_login(tmp_path: Path) -> None:
    async def main() -> None:
        async with mail_server(wants_login=True) as server:
            with pytest.raises(NotSentError, match="refuses the login"):
                await hand_over(server, mail(tmp_path), user="u", password="x")
            await hand_over(server, mail(tmp_path), user="u", password="sesame")
            assert b"u" in server.users
            assert len(server.got) == 1

    asyncio.run(main())


def test_what_a_server_will_not_have(tmp_path: Path) -> None:
    async def main() -> MailServer:
        async with mail_server() as server:
            with pytest.raises(RefusedError):
                await hand_over(server, mail(tmp_path, "nobody@example.com"))
            with pytest.raises(NotSentError):
                await hand_over(server, mail(tmp_path, "later@example.com"))
        with pytest.raises(NotSentError):  # it is gone
            await hand_over(server, mail(tmp_path))
        return server

    assert asyncio.run(main()).got == []


def test_a_server_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    """Not even the end of the process, which waits for all threads but such ones."""

    async def main() -> None:
        connected: asyncio.Future[asyncio.StreamWriter]
        connected = asyncio.get_running_loop().create_future()

        async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connected.set_result(writer)

        hanging = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        where = SmtpServer("127.0.0.1", hanging.sockets[0].getsockname()[1])
        sending = asyncio.get_running_loop().create_task(send_aside(where, mail(tmp_path)))
        writer = await connected
        (thread,) = [each for each in threading.enumerate() if each.name == "smtp"]
        assert thread.daemon
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        writer.close()
        await writer.wait_closed()
        hanging.close()
        await asyncio.to_thread(thread.join)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("mail.example.com", SmtpServer("mail.example.com", 25)),
        ("mail.example.com:587", SmtpServer("mail.example.com", 587)),
        ("smtps://mail", SmtpServer("mail", 465, is_secure=True)),
        ("smtp://a%40b:p%3Aw@mail:26", SmtpServer("mail", 26, user="a@b", password="p:w")),
    ],
)
def test_how_a_server_is_written(text: str, server: SmtpServer) -> None:
    assert parse_smtp(text) == server


@pytest.mark.parametrize("text", ["http://mail", "smtp://", "mail:many"])
def test_what_is_no_server(text: str) -> None:
    with pytest.raises(ValueError, match=r"smtp|[Pp]ort"):
        parse_smtp(text)


def test_a_command_gets_it_and_no_shell_is_asked(tmp_path: Path) -> None:
    script = tmp_path / "send mail"
    script.write_text(
        f'#!/bin/sh\nprintf "%s|" "$@" > {tmp_path}/arguments\ncat > {tmp_path}/got\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    command = f"'{script}' -t '; touch {tmp_path}/evil'"
    asyncio.run(send_by_command(command, mail(tmp_path / "box")))
    assert (tmp_path / "got").read_bytes() == CONTENT
    assert (tmp_path / "arguments").read_text() == f"-t|; touch {tmp_path}/evil|"
    assert not (tmp_path / "evil").exists()


def test_an_address_that_cannot_be_said_is_refused(tmp_path: Path) -> None:
    async def main() -> None:
        async with mail_server() as server:
            with pytest.raises(RefusedError):
                await hand_over(server, mail(tmp_path, "m\u00fcller@example.com"))
            await hand_over(server, mail(tmp_path))
            assert len(server.got) == 1

    asyncio.run(main())


def test_an_email_that_stays_in_the_way_keeps_no_other_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Outbox(tmp_path)
    for number in range(2):
        outbox.put(1000.0 + number, "a", [f"b{number}"], CONTENT)
    sent: list[str] = []
    unlink = Path.unlink

    def refuse_first(path: Path, **how: bool) -> None:
        if path == outbox.waiting()[0] and len(sent) < 3:
            raise PermissionError(str(path))
        unlink(path, **how)

    async def take(each: Mail) -> None:
        sent.append(each.recipients[0])

    monkeypatch.setattr(Path, "unlink", refuse_first)
    deliver(outbox, take, 100)
    assert sent == ["b0", "b1", "b0"]
    assert outbox.waiting() == []


@pytest.mark.parametrize("command", ["false", "/no/such/command -t", "", "sendmail 'x"])
def test_a_command_that_fails(tmp_path: Path, command: str) -> None:
    with pytest.raises(NotSentError):
        asyncio.run(send_by_command(command, mail(tmp_path)))


def deliver(
    outbox: Outbox,
    send: Callable[[Mail], Awaitable[None]],
    seconds: float,
    *,
    created_ago: float = 0.0,
) -> None:
    """Let a postman work for some seconds of virtual time."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        postman = Postman(outbox, send, lambda: 1000.0 + created_ago + loop.time())
        work = asyncio.get_running_loop().create_task(postman.run())
        await asyncio.sleep(seconds)
        work.cancel()

    run_virtual(main())


def test_what_was_not_sent_is_tried_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(1000.0, "a", ["b"], CONTENT)
    tries: list[float] = []

    async def send(sent: Mail) -> None:
        tries.append(asyncio.get_running_loop().time())
        if len(tries) < 4:
            raise NotSentError("not now")

    deliver(outbox, send, 1000)
    assert [round(at) for at in tries] == [0, 15, 75, 375]
    assert outbox.waiting() == []


def test_what_waits_when_the_process_dies_is_sent_by_the_next(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(1000.0, "a", ["b"], CONTENT)

    async def refuse(sent: Mail) -> None:
        raise NotSentError("not now")

    deliver(outbox, refuse, 20)
    sent: list[Mail] = []

    async def take(each: Mail) -> None:
        sent.append(each)

    deliver(Outbox(tmp_path), take, 1)
    assert [(each.sender, each.recipients, each.content) for each in sent] == [
        ("a", ("b",), CONTENT)
    ]


@pytest.mark.parametrize(
    ("error", "created_ago", "given_up"),
    [
        (RefusedError("never"), 0.0, True),
        (NotSentError("not now"), 0.0, False),
        (NotSentError("not now"), LONGEST + 1, True),
    ],
)
def test_what_nobody_takes_is_put_aside(
    tmp_path: Path, error: Exception, created_ago: float, *, given_up: bool
) -> None:
    outbox = Outbox(tmp_path)
    path = outbox.put(1000.0, "a", ["b"], CONTENT)

    async def send(sent: Mail) -> None:
        raise error

    deliver(outbox, send, DELAYS[0] / 2, created_ago=created_ago)
    assert (tmp_path / "failed" / path.name).exists() is given_up
    assert path.exists() is not given_up


def test_what_is_no_mail_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "0-x.mail").write_bytes(b"rubbish")
    outbox = Outbox(tmp_path)
    outbox.put(1000.0, "a", ["b"], CONTENT)
    sent: list[Mail] = []

    async def take(each: Mail) -> None:
        sent.append(each)

    deliver(outbox, take, 5)
    assert len(sent) == 1

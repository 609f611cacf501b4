"""Mailboxes at work: one at a time, whoever goes meanwhile; lamps, whatever becomes of e-mail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from switchroom.base.errors import DialplanError
from switchroom.voicemail.delivering import announce
from switchroom.voicemail.service import Voicemail
from tests.apps.mailbox_house import CONF, House
from tests.support.fakes import make_pbx

SOON = 20.0  #: seconds


def run(house: House, work: Callable[[Voicemail], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with make_pbx() as pbx, asyncio.timeout(SOON):
            await work(house.voicemail(pbx))

    asyncio.run(main())


def test_who_goes_meanwhile_lets_nobody_else_in(tmp_path: Path) -> None:
    house = House(tmp_path)
    done: list[str] = []
    began, gate = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        gate.wait(SOON)
        done.append("slow")

    async def story(voicemail: Voicemail) -> None:
        first = asyncio.ensure_future(voicemail.work(house.box(), slow))  # noqa: TID251  # cancelled
        await asyncio.to_thread(began.wait, SOON)
        second = asyncio.ensure_future(  # noqa: TID251  # awaited below
            voicemail.work(house.box(), done.append, "second")
        )
        first.cancel()
        await voicemail.work(house.box("200"), done.append, "another mailbox")
        assert done == ["another mailbox"]
        gate.set()
        await second
        assert done == ["another mailbox", "slow", "second"]
        assert first.cancelled()

    run(house, story)


@pytest.mark.parametrize("error", [OSError("full"), KeyError("x")])
def test_what_goes_wrong_reaches_who_waits(tmp_path: Path, error: Exception) -> None:
    house = House(tmp_path)

    def fail() -> None:
        raise error

    async def story(voicemail: Voicemail) -> None:
        with pytest.raises(type(error)):
            await voicemail.work(house.box(), fail)

    run(house, story)


def test_lamps_show_a_message_whose_email_goes_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(tmp_path, CONF.replace("alice@example.com", "alice@example@com"))
    house.put()

    async def story(voicemail: Voicemail) -> None:
        box = house.box()
        assert box.email
        [stored] = house.spool.messages(box, "INBOX")
        await announce(voicemail, box, stored)
        assert [each.new for each in house.told] == [1]
        assert voicemail.outbox.waiting(), "an address that has no form is for the server to judge"

        async def refuse(channel: object, text: str) -> str:
            raise DialplanError("no such function")

        monkeypatch.setattr(voicemail.pbx.dialplan, "substitute", refuse)
        await announce(voicemail, box, stored)
        assert [each.new for each in house.told] == [1, 1]
        assert "no such function" in caplog.text

    run(house, story)

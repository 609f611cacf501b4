"""SendFAX, ReceiveFAX and FAXOPT: what the dialplan and others are told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import Directories
from switchroom.media.fax import spandsp
from switchroom.pbx.channel import Channel
from switchroom.pbx.fax.events import FaxEnded, FaxProgressed
from switchroom.pbx.fax.sessions import FaxSessions
from switchroom.pbx.fax.t38 import FaxEnd
from tests.media.calls import run
from tests.media.pages import chequered, write_pages
from tests.support.fax import needs_spandsp
from tests.support.heard_calls import HeardOffice, heard_office

DIALPLAN = """\
[default]
exten => send,1,SendFAX({folder}/sent.tif,s)
 same => n,Log(WARNING,goes on)
exten => receive,1,Set(FAXOPT(localstationid)=222)
 same => n,ReceiveFAX({folder}/deeper/received.tif)
exten => strict,1,ReceiveFAX({folder}/received.tif)
 same => n,Log(WARNING,goes on)
exten => lost,1,SendFAX({folder}/nothing.tif)
 same => n,Log(WARNING,goes on)
"""


def told(channel: Channel, *names: str) -> list[str]:
    return [channel.pbx.dialplan.read_variable(channel, name) or "" for name in names]


def office(folder: Path):  # type: ignore[no-untyped-def]  # an async context manager of HeardOffice
    return heard_office(
        DIALPLAN.replace("{folder}", str(folder)), directories=Directories(astspooldir=folder)
    )


async def until_gone(house: HeardOffice) -> None:
    async with asyncio.timeout(20):
        await house.phones[-1].is_over.wait()


@needs_spandsp
def test_a_party_that_hangs_up_leaves_what_came_and_a_failure(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path) as house:
            ended: list[FaxEnded] = []
            house.pbx.events.subscribe(FaxEnded, ended.append)
            phone = await house.call("receive")
            faxes = house.pbx.datastore(FaxSessions)
            async with asyncio.timeout(20):
                while not any(each.terminal for each in faxes.running.values()):
                    await asyncio.sleep(0.01)
            phone.channel.hangup()
            await until_gone(house)
            assert told(phone.channel, "FAXSTATUS", "FAXERROR", "FAXPAGES", "FAXMODE") == [
                "FAILED", "HANGUP", "0", "audio",
            ]  # fmt: skip
            assert told(phone.channel, "FAXOPT(status)", "FAXOPT(localstationid)") == [
                "FAILED", "222",
            ]  # fmt: skip
            assert (faxes.running, faxes.received, faxes.failed, faxes.completed) == ({}, 1, 1, 0)
            assert [(each.sends, each.pages) for each in ended] == [(False, 0)]
            assert (tmp_path / "deeper").is_dir()

    run(story())


def test_without_the_library_the_call_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_pages(tmp_path / "sent.tif", [chequered(10)])
    spandsp.load.cache_clear()
    monkeypatch.setattr(spandsp, "find_library", lambda _: None)

    async def story() -> None:
        async with office(tmp_path) as house:
            statuses: list[FaxProgressed] = []
            house.pbx.events.subscribe(FaxProgressed, statuses.append)
            phone = await house.call("send", is_up=False)
            await until_gone(house)
            assert told(phone.channel, "FAXSTATUS", "FAXERROR") == ["FAILED", "UNAVAILABLE"]
            assert [each.status for each in statuses] == ["Allocating Resources"]

    run(story())
    assert "libspandsp2" in caplog.text
    assert "goes on" in caplog.text


def test_a_file_that_is_not_there_ends_the_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with office(tmp_path) as house:
            phone = await house.call("lost", is_up=False)
            await until_gone(house)
            assert told(phone.channel, "FAXSTATUS", "FAXERROR") == ["FAILED", "INVALID_ARGUMENTS"]

    run(story())
    assert "nothing.tif" in caplog.text
    assert "goes on" not in caplog.text


class Stubborn:
    """A party that knows T.38 and does not want it; fulfils T38Party."""

    is_allowed = True
    passage = None
    ends_here: FaxEnd | None = None

    async def ask(self, terms: list[str]) -> None:
        assert terms

    async def leave(self) -> None:
        """It is not there."""


@needs_spandsp
def test_a_party_that_does_not_want_t38_gets_no_audio_without_option_f(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with office(tmp_path) as house:
            phone = await house.call("strict", is_up=False)
            phone.fax = Stubborn()  # as the driver of SIP has it
            await until_gone(house)
            assert told(phone.channel, "FAXSTATUS", "FAXERROR") == ["FAILED", "T38_NEG_ERROR"]

    run(story())
    assert "goes on" in caplog.text

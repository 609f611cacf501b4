"""Fax, as managers see it."""

from __future__ import annotations

from pathlib import Path

from switchroom.ami.message import Message
from switchroom.media.fax.terminal import FaxResult
from switchroom.pbx.fax.events import FaxEnded, FaxProgressed
from switchroom.pbx.fax.sessions import FaxSessions
from tests.ami.support import Ami, Client, run_ami
from tests.support.fakes import make_channel


def last(client: Client, name: str) -> Message:
    return [each for each in (*client.answers, *client.heard) if each.get("Event") == name][-1]


def test_lists_and_figures(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        faxes = ami.pbx.datastore(FaxSessions)
        running = faxes.begin("Fake/a", "send", Path("/a.tif"))
        boss = await ami.user("boss", "top")
        await boss.ask("FAXSessions")
        entry = last(boss, "FAXSessionsEntry")
        assert [entry.get(name) for name in ("Channel", "SessionType", "Operation", "Files")] == [
            "Fake/a", "G.711", "send", "/a.tif",
        ]  # fmt: skip
        assert last(boss, "FAXSessionsComplete").get("Total") == "1"
        await boss.ask("FAXSession", SessionNumber="1")
        assert last(boss, "FAXSession").get("State") == "Initialized"
        answer = await boss.ask("FAXSession", SessionNumber="9")
        assert answer.get("Message") == "Invalid session number"
        faxes.end(running, FaxResult(0, "OK", 1))
        await boss.ask("FAXStats")
        figures = last(boss, "FAXStats")
        assert [
            figures.get(name) for name in ("CurrentSessions", "TransmitAttempts", "CompletedFAXes")
        ] == ["0", "1", "1"]

    run_ami(tmp_path, test)


def test_what_is_told(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        channel = make_channel(ami.pbx, name="Fake/a")
        boss = await ami.user("boss", "top")
        path = Path("/a.tif")
        ami.pbx.events.publish(
            FaxProgressed("Fake/a", "receive", "Allocating Resources", "1", path)
        )
        status = last(boss, "FAXStatus")
        assert [status.get(name) for name in ("Channel", "Operation", "Status", "FileName")] == [
            "Fake/a", "receive", "Allocating Resources", "/a.tif",
        ]  # fmt: skip
        for sends, name in ((True, "SendFAX"), (False, "ReceiveFAX")):
            ended = FaxEnded("Fake/a", sends, "1", "2", 3, "204x98", 14400, path)
            ami.pbx.events.publish(ended)
            told = last(boss, name)
            assert told.get("PagesTransferred") == "3"
            assert told.get("RemoteStationID") == "2"
            assert told.get("TransferRate") == "14400"
        channel.hangup()

    run_ami(tmp_path, test)

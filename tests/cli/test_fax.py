"""fax show … on the console."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.cli.commands import fax
from switchroom.media.fax.terminal import FaxResult
from switchroom.pbx.fax.sessions import FaxSessions
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run


def test_settings_and_what_is_there(cli: CliNode, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(cli, "fax show settings")
    assert "\tECM: Enabled\n\tStatus Events: Off\n\tMinimum Bit Rate: 4800\n" in shown
    assert "\tModem Modulations Allowed: V17,V27,V29\n" in shown
    monkeypatch.setattr(fax, "find_library", lambda _: None)
    assert "libspandsp2" in run(cli, "fax show capabilities")
    assert "libspandsp2" in run(cli, "fax show version")
    monkeypatch.setattr(fax, "find_library", lambda name: name)
    assert "SEND RECEIVE AUDIO T38" in run(cli, "fax show capabilities")


def test_those_that_run_and_those_that_did(cli: CliNode) -> None:
    faxes = cli.context.pbx.datastore(FaxSessions)
    first = faxes.begin("PJSIP/a-1", "send", Path("/a.tif"))
    second = faxes.begin("PJSIP/b-2", "receive", Path("/b.tif"))
    shown = run(cli, "fax show sessions").splitlines()
    assert shown[4].split() == [
        *("PJSIP/a-1", "Spandsp", "1", "G.711", "send", "Initialized", "/a.tif"),
    ]
    assert shown[-1] == "2 FAX sessions"
    assert "operation             : receive" in run(cli, "fax show session 2")
    faxes.end(first, FaxResult(0, "OK", 1))
    faxes.end(second, None)
    assert [line.split(" : ")[-1] for line in run(cli, "fax show stats").splitlines()[4:10]] == [
        *("0", "0", "1", "1", "1", "1"),
    ]
    assert "There is no fax '2'" in run(cli, "fax show session 2")

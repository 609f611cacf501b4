"""Programs that lead calls: AGI over the network and over AMI, and an application of ARI."""

from __future__ import annotations

import base64
import json
import socket
import urllib.parse
import urllib.request
from typing import Any
from urllib.parse import unquote

import pytest

from tests.drop_in.manager import Manager
from tests.drop_in.server import WITHIN, Server

pytestmark = pytest.mark.peer

WAIT = {"Application": "Wait", "Data": "60"}


def test_a_script_over_the_network(manager: Manager, server: Server) -> None:
    with socket.create_server(("127.0.0.1", server.ports.agi)) as listening:
        listening.settimeout(WITHIN)
        manager.originate("Local/network@programs/n", CallerID="Ann <100>", **WAIT)
        connection, _ = listening.accept()
        connection.settimeout(WITHIN)
        with connection, connection.makefile("rw", newline="\n") as script:
            told = {}
            while line := script.readline().strip():
                name, _, value = line.partition(": ")
                told[name] = value
            assert told["agi_network_script"] == "script?x=1"
            assert (told["agi_arg_1"], told["agi_callerid"]) == ("first", "100")
            assert told["agi_extension"] == "network"

            def ask(line: str) -> str:
                script.write(line + "\n")
                script.flush()
                return script.readline().strip()

            assert ask("CHANNEL STATUS") == "200 result=6"
            assert ask('SET VARIABLE FROM_AGI "so it is"') == "200 result=1"
            assert ask("GET VARIABLE FROM_AGI") == "200 result=1 (so it is)"
            assert ask("GET FULL VARIABLE ${LEN(${FROM_AGI})}") == "200 result=1 (8)"
            assert ask("DATABASE GET none none") == "200 result=0"
            assert ask("NONSENSE") == "510 Invalid or unknown command"
            assert ask("EXEC NoOp x") == "200 result=0"
            assert ask('STREAM FILE silence/1 "#" 7000').startswith("200 result=0 endpos=")
    after = manager.wait("UserEvent", UserEvent="AfterAgi")
    assert (after["Status"], after["Result"]) == ("SUCCESS", "so it is")
    assert len(manager.told("AGIExecStart")) == len(manager.told("AGIExecEnd")) == 7


def test_a_script_over_ami(manager: Manager) -> None:
    manager.originate("Local/asynchronous@programs/n", **WAIT)
    started = manager.wait("AsyncAGIStart")
    assert "agi_request: async" in unquote(started["Env"])
    name = started["Channel"]
    for number, line, result in (
        ("1", "SET VARIABLE X 1", "200 result=1"), ("2", "GET VARIABLE X", "200 result=1 (1)"),
        ("3", "BOGUS", "510 Invalid or unknown command"),
    ):  # fmt: skip
        manager.do("AGI", Channel=name, Command=line, CommandID=number)
        told = manager.wait("AsyncAGIExec", CommandID=number)
        assert unquote(told["Result"]).strip() == result
    manager.do("AGI", Channel=name, Command="ASYNCAGI BREAK", CommandID="4")
    manager.wait("AsyncAGIEnd", Channel=name)
    assert manager.wait("UserEvent", UserEvent="AfterAgi")["Status"] == "SUCCESS"


class Rest:
    """ARI by hand: requests, and the events of one WebSocket."""

    def __init__(self, server: Server) -> None:
        self._base = f"http://127.0.0.1:{server.ports.http}/ari"
        self._token = base64.b64encode(b"lab:lab").decode()
        self._socket = socket.create_connection(("127.0.0.1", server.ports.http), WITHIN)
        self._socket.sendall(
            b"GET /ari/events?app=lab&api_key=lab:lab HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        self._file = self._socket.makefile("rb")
        assert b" 101 " in self._file.readline()
        while self._file.readline().strip():
            pass

    def ask(self, method: str, path: str, **query: str) -> Any:
        url = f"{self._base}{path}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(url, method=method)
        request.add_header("Authorization", f"Basic {self._token}")
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def wait(self, kind: str) -> dict[str, Any]:
        """The next event of a type."""
        while True:
            first, second = self._file.read(2)
            length = second & 127
            if length >= 126:
                length = int.from_bytes(self._file.read(2 if length == 126 else 8), "big")
            data = self._file.read(length)
            if first & 15 == 1 and (event := json.loads(data))["type"] == kind:
                found: dict[str, Any] = event
                return found

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def test_an_application_of_ari(manager: Manager, server: Server) -> None:
    rest = Rest(server)
    try:
        manager.originate("Local/stasis@programs/n", **WAIT)
        start = rest.wait("StasisStart")
        assert start["args"] == ["one"]
        channel = start["channel"]["id"]
        bridge = rest.ask("POST", "/bridges", type="mixing", name="mine")["id"]
        rest.ask("POST", f"/bridges/{bridge}/addChannel", channel=channel)
        assert rest.wait("ChannelEnteredBridge")["bridge"]["channels"] == [channel]
        made = rest.ask("POST", "/channels", endpoint="Local/stays@answers/n", app="lab")
        second = rest.wait("StasisStart")["channel"]["id"]
        assert second == made["id"]
        rest.ask("POST", f"/bridges/{bridge}/addChannel", channel=second)
        assert set(rest.wait("ChannelEnteredBridge")["bridge"]["channels"]) == {channel, second}
        rest.ask("POST", f"/bridges/{bridge}/removeChannel", channel=channel)
        rest.wait("ChannelLeftBridge")
        played = rest.ask("POST", f"/channels/{channel}/play", media="sound:silence/1")
        assert rest.wait("PlaybackFinished")["playback"]["id"] == played["id"]
        rest.ask("POST", f"/channels/{channel}/variable", variable="V", value="x")
        assert rest.ask("GET", f"/channels/{channel}/variable", variable="V") == {"value": "x"}
        rest.ask("POST", "/applications/lab/subscription", eventSource=f"bridge:{bridge}")
        rest.ask("DELETE", f"/bridges/{bridge}")
        rest.wait("BridgeDestroyed")
        rest.ask("DELETE", f"/channels/{second}")
        assert rest.wait("ChannelDestroyed")["channel"]["id"] == second
        rest.ask("POST", f"/channels/{channel}/continue")
        assert rest.wait("StasisEnd")["channel"]["id"] == channel
        assert manager.wait("UserEvent", UserEvent="AfterStasis")["Status"] == "SUCCESS"
    finally:
        rest.close()

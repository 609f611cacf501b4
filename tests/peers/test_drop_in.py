"""What whoever starts ``asterisk`` counts on, bullet by bullet, with the real command and processes."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import pytest

from tests.drop_in.server import WITHIN, Ports, Server, servers

pytestmark = pytest.mark.peer

DIALPLAN = """\
[globals]
#include "globals.conf"
#exec "echo MADE=by-a-program"
[lab]
exten => talks,1,Answer()
 same => n,Set(CDR(userfield)=${GIVEN})
 same => n,Wait(0.2)
exten => waits,1,Answer()
 same => n,Wait(600)
exten => busy,1,Busy(1)
"""
FILES = {
    "extensions.conf": DIALPLAN,
    "globals.conf": "FROM_FILE=included\n",
    "cdr.conf": "[general]\nunanswered=yes\nbatch=yes\nsize=500\ntime=300\n[csv]\nloguserfield=yes\n",
    "cdr_custom.conf": "[mappings]\nMaster.csv => ${CDR(dst)},${CDR(disposition)}\n",
    "cel.conf": "[general]\nenable=yes\nevents=ALL\n",
    "cel_custom.conf": "[mappings]\nMaster.csv => ${CSV_QUOTE(${eventtype})},${CHANNEL(channame)}\n",
    "modules.conf": "[modules]\nautoload=yes\nload => chan_unheard_of.so\n",
    "res_unheard_of.conf": "[general]\nx=y\n",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers(tmp_path_factory.mktemp("running"), files=FILES) as (server,):
        yield server


class Ami:
    """A raw client."""

    def __init__(self, server: Server) -> None:
        self._socket = socket.create_connection((server.host, server.ports.ami), WITHIN)
        self._file = self._socket.makefile("rwb")
        self.banner = self._file.readline().decode()

    def send(self, *lines: str) -> None:
        self._file.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._file.flush()

    def read(self) -> list[str]:
        lines = []
        while (line := self._file.readline().decode()) not in {"\r\n", ""}:
            lines.append(line.rstrip("\r\n"))
        return lines

    def until(self, line: str) -> tuple[list[str], list[list[str]]]:
        """The message that has a line, and what came before it."""
        before: list[list[str]] = []
        while line not in (message := self.read()):
            assert message, "the connection ended"
            before.append(message)
        return message, before

    def login(self) -> None:
        self.send("Action: Login", "Username: boss", "Secret: top")
        self.until("Message: Authentication accepted")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()
        self._socket.close()


# starting


def test_it_stays_in_front_and_ends_with_0(tmp_path: Path) -> None:
    with servers(tmp_path, files=FILES) as (server,):
        assert server.process is not None
        assert server.process.poll() is None
        pid = int((tmp_path / "127.0.0.1/astrundir/asterisk.pid").read_text())
        assert pid == server.process.pid
        assert server.run("-r", "-C", str(server.config), "-x", "core stop now").returncode == 0
        assert server.wait_for_exit() == 0
        assert not (tmp_path / "127.0.0.1/astrundir/asterisk.ctl").exists()
        assert not (tmp_path / "127.0.0.1/astrundir/asterisk.pid").exists()


def test_it_forks_without_f(tmp_path: Path) -> None:
    server = Server(tmp_path / "one", Ports(), FILES)
    done = server.run("-C", str(server.config), "-g", "-p", "-T", "-i", "-e", "64", "-L", "50")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (server.folder / "stdout.txt").touch()
    server.wait_until_booted()
    pid = int((server.folder / "astrundir/asterisk.pid").read_text())
    os.kill(pid, 0)
    server.ask("core stop gracefully")
    deadline = time.monotonic() + WITHIN
    while (server.folder / "astrundir/asterisk.pid").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)  # another process ends in real time


def test_the_version(running: Server) -> None:
    assert re.fullmatch(r"Asterisk \d+\.\S+\n", running.run("-V").stdout)


def test_a_signal_ends_it(tmp_path: Path) -> None:
    with servers(tmp_path, files=FILES) as (server,):
        assert server.process is not None
        server.process.send_signal(signal.SIGTERM)
        assert server.wait_for_exit() == 0


def test_its_folders(running: Server) -> None:
    for name in ("outgoing", "outgoing_done", "tmp", "monitor", "recording", "voicemail"):
        assert (running.folder / "astspooldir" / name).is_dir()
    assert (running.folder / "astrundir/asterisk.ctl").is_socket()
    assert (running.folder / "astdbdir/astdb.sqlite3").exists()
    shown = running.ask("core show settings")
    for key in ("astetcdir", "astspooldir", "astlogdir", "astagidir"):
        assert f"{running.folder}/{key}" in shown
    globals_ = running.ask("dialplan show globals")
    assert "FROM_FILE=included" in globals_
    assert "MADE=by-a-program" in globals_


def test_what_there_is_not_is_said_once(running: Server) -> None:
    log = running.log()
    assert log.count("res_unheard_of.conf") == 1
    assert "Traceback" not in log


# asking


@pytest.mark.parametrize(
    "words",
    [
        ["-C", "{}", "-rx", "core show uptime"],
        ["-rx", "core show uptime", "-C", "{}"],
        ["-r", "-x", "core show uptime", "-C", "{}"],
        ["-x", "core show uptime", "-C", "{}", "-r"],
        ["-nrC", "{}", "-x", "core show uptime"],
    ],
)
def test_the_order_of_options_is_free(running: Server, words: Sequence[str]) -> None:
    done = running.run(*(word.format(running.config) for word in words))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("System uptime: ")


def test_an_unknown_command_is_no_error(running: Server) -> None:
    assert running.ask("no such thing") == (
        "No such command 'no such thing' (type 'core show help no such' for other possible commands)\n"
    )


def test_without_a_server(tmp_path: Path) -> None:
    server = Server(tmp_path / "none", Ports(), FILES)
    done = server.run("-C", str(server.config), "-rx", "core show version")
    assert (done.returncode, done.stdout) == (1, "")
    ctl = f"{server.folder}/astrundir/asterisk.ctl"
    assert done.stderr == f"Unable to connect to remote asterisk (does {ctl} exist?)\n"


# records and logs


def test_a_graceful_stop_flushes_all(tmp_path: Path) -> None:
    with servers(tmp_path, files=FILES) as (server,):
        log = server.folder / "astlogdir"
        for extension in ("talks", "busy", "talks"):
            server.ask(f"channel originate Local/{extension}@lab/n application Wait 0.1")
        server.wait_for(log / "cel-custom/Master.csv", r"LINKEDID_END[\s\S]*LINKEDID_END")
        assert not (log / "cdr-csv").exists()  # in the batch
        server.ask("core stop gracefully")
        assert server.wait_for_exit() == 0
        rows = list(csv.reader((log / "cdr-csv/Master.csv").read_text().splitlines()))
        assert [row[2] for row in rows].count("talks") >= 2
        assert "busy" in [row[2] for row in rows]
        custom = (log / "cdr-custom/Master.csv").read_text().splitlines()
        assert len(custom) == len(rows)
        events = (log / "cel-custom/Master.csv").read_text()
        assert events.count('"CHAN_START"') == events.count('"CHAN_END"') >= 6
        assert re.search(r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \w+", (log / "full").read_text())
        assert (log / "messages").exists()
        verdict = subprocess.run(
            [sys.executable, "-m", "switchroom", "records", "verify", "-C", str(server.config)],
            capture_output=True, text=True, timeout=WITHIN, check=False,
        )  # fmt: skip
        assert verdict.returncode == 0, verdict.stdout


def test_several_side_by_side(tmp_path: Path) -> None:
    with servers(tmp_path, "127.0.0.1", "127.0.0.2", "127.0.0.3", files=FILES) as three:
        for server in three:
            with Ami(server) as client:
                client.login()
        # A fourth whose ports for HTTP and AMI are taken starts all the same, and says so.
        ports = Ports()
        ports.http, ports.ami = three[0].ports.http, three[0].ports.ami
        fourth = Server(tmp_path / "fourth", ports, FILES)
        try:
            fourth.start()
            assert f"cannot listen on 127.0.0.1:{ports.http}" in fourth.log()
            assert f"cannot listen on 127.0.0.1:{ports.ami}" in fourth.log()
        finally:
            fourth.stop()


# the manager interface


def test_manager_interface(running: Server) -> None:
    with Ami(running) as client:
        assert client.banner == "Asterisk Call Manager/11.0.0\r\n"
        client.send("sEcReT: top", "actionid: 7", "USERNAME: boss", "AcTiOn: login")
        assert client.read() == [
            "Response: Success",
            "ActionID: 7",
            "Message: Authentication accepted",
        ]
        booted, _ = client.until("Event: FullyBooted")
        assert "Status: Fully Booted" in booted
        client.send("Action: Nonsense", "ActionID: 8")
        answer, _ = client.until("ActionID: 8")
        assert answer[0] == "Response: Error"
        assert answer[2].startswith("Message: Invalid/unknown command: Nonsense.")
        client.send("Action: Command", "Command: core show uptime", "ActionID: 9")
        answer, _ = client.until("ActionID: 9")
        assert answer[2] == "Message: Command output follows"
        assert answer[3].startswith("Output: System uptime: ")
        client.send(
            "Action: Originate", "ActionID: 10", "Channel: Local/talks@lab/n", "Application: Wait",
            "Data: 0.1", "Async: false", "Variable: GIVEN=one", "Variable: __OTHER=two",
        )  # fmt: skip
        answer, _ = client.until("ActionID: 10")  # when it is known what came of it
        assert answer == ["Response: Success", "ActionID: 10",
                          "Message: Originate successfully queued"]  # fmt: skip
        _, first = client.until("Event: Hangup")
        _, second = client.until("Event: Hangup")
        told = {line for message in (*first, *second) for line in message}
        assert "Variable: GIVEN" in told
        assert "Variable: OTHER" in told
        assert "Event: Newexten" in told
        names = {line for line in told if line.startswith("Channel: Local/")}
        assert all(
            re.fullmatch(r"Channel: Local/talks@lab-[0-9a-f]{8};[12]", each) for each in names
        )
        assert len(names) == 2


def test_http_and_files_of_calls(running: Server) -> None:
    url = f"http://127.0.0.1:{running.ports.http}/rawman?action=ping"
    with urllib.request.urlopen(url, timeout=WITHIN) as answer:
        assert answer.headers["Server"].startswith("Asterisk/")
        assert b"Permission denied" in answer.read()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(url.replace("/rawman", "/arawman"), timeout=WITHIN)
    spool = running.folder / "astspooldir"
    draft = spool / "tmp" / "wake"
    draft.write_text(
        "Channel: Local/talks@lab/n\nApplication: Wait\nData: 0.1\nArchive: yes\nSetvar: GIVEN=filed\n"
    )
    draft.rename(spool / "outgoing" / "wake")
    running.wait_for(spool / "outgoing_done" / "wake", r"(?m)^Status: Completed")
    assert not (spool / "outgoing" / "wake").exists()


def test_states_for_harnesses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHROOM_TEST_EVENTS", "yes")
    with servers(tmp_path, files=FILES) as (server,):
        with Ami(server) as client:
            client.login()
            client.send("Action: Originate", "Channel: Local/waits@lab/n", "Async: true",
                        "Application: Playback", "Data: silence/1")  # fmt: skip
            state, _ = client.until("State: PLAYBACK")
        front = ["Event: TestEvent", "Privilege: reporting,all", "Type: StateChange"]
        assert state[:3] == front
        assert "Message: silence/1" in state
        journal = next((server.folder / "astspooldir/records").glob("channels-*.jsonl"))
        assert json.loads(journal.read_text().splitlines()[0])["cdr"] is True

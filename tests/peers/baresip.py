"""A real baresip, driven over its control socket."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import pytest

from tests.peers.program import WITHIN, Program, on_free_ports
from tests.support.ports import free_port

PROGRAM = shutil.which("baresip")
needs_baresip = pytest.mark.skipif(PROGRAM is None, reason="baresip is not installed")

_CONFIG = """\
poll_method epoll
sip_listen {host}:{sip}
call_local_timeout 60
call_max_calls 4
audio_player aubridge,nobody
audio_source aufile,{folder}/said.wav
audio_alert aufile,{folder}/alert.wav
audio_srate 8000
audio_channels 1
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
rtp_ports {rtp}-{rtp_end}
module_path {modules}
module g711.so
module g722.so
module gsm.so
module l16.so
module opus.so
module aufile.so
module aubridge.so
module sndfile.so
module srtp.so
module dtls_srtp.so
module ice.so
snd_path {folder}
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
{more}
"""

#: A setting: the phone has a lamp for messages. The module is loaded before the accounts are, since
#: a millisecond after its start it subscribes, without end, for what has registered until then.
LAMP = "module mwi.so"


def _modules() -> Path:
    for folder in ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules"):
        if Path(folder).is_dir():
            return Path(folder)
    pytest.skip("baresip has no modules folder")


class Baresip:
    """One running baresip with one account.

    Everything it says on its control socket is kept in :attr:`events`.

    Args:
        folder: For its files; ``said.wav`` in it is what it says.
        account: As in its file ``accounts``.
        modules: Further modules that it loads.
        settings: Further lines of its file ``config``.
        contacts: As in its file ``contacts``.
        host: Where it takes calls; ``[::1]`` for IPv6.
    """

    def __init__(
        self,
        folder: Path,
        account: str,
        *,
        modules: Sequence[str] = (),
        settings: Sequence[str] = (),
        contacts: str = "",
        host: str = "127.0.0.1",
    ) -> None:
        self.folder = folder
        self.events: list[dict[str, Any]] = []
        self._account = account
        self._contacts = contacts
        self._settings = [*settings, *(f"module_app {each}.so" for each in modules)]
        self._host = host
        self._program = Program("baresip", folder / "log.txt")
        self._control: socket.socket | None = None
        self._buffer = b""

    def __enter__(self) -> Self:
        on_free_ports(self._start)
        return self

    def _start(self) -> None:
        assert PROGRAM is not None
        rtp, self._control_port = free_port(run=32), free_port()
        (self.folder / "config").write_text(
            _CONFIG.format(
                sip=free_port(run=2),  # the next one is for TLS
                host=self._host,
                folder=self.folder,
                rtp=rtp,
                rtp_end=rtp + 31,
                modules=_modules(),
                control=self._control_port,
                more="\n".join(self._settings),
            )
        )
        (self.folder / "accounts").write_text(self._account + "\n")
        (self.folder / "contacts").write_text(self._contacts)
        try:
            self._program.start(
                [PROGRAM, "-f", str(self.folder)],
                self._is_listening,
                has_input=True,  # an epoll-able standard input that never says anything
            )
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *exception: object) -> None:
        if self._control is not None:
            self._control.close()
        self._program.stop()

    def _is_listening(self) -> bool:
        with contextlib.suppress(OSError):
            self._control = socket.create_connection(("127.0.0.1", self._control_port), 5)
        return self._control is not None

    def log(self) -> str:
        """What it printed."""
        return self._program.said()

    def wait_for_log(self, pattern: str, within: float = WITHIN) -> str:
        """Wait until it prints something that matches; returns that.

        It registers as soon as it runs, perhaps before anybody listens to its events.
        """
        return self._program.wait_for(pattern, within=within)[0]

    def wait_until_registered(self) -> None:
        """Wait for the 200 to its REGISTER."""
        self.wait_for_log(r"200 OK .*\[\d+ binding")

    def command(self, command: str, parameters: str = "") -> None:
        """Send one command of its menu: ``dial``, ``sndcode``, ``hangup``."""
        body = json.dumps({"command": command, "params": parameters}).encode()
        assert self._control is not None
        self._control.sendall(b"%d:%s," % (len(body), body))

    def key(self, digits: str) -> None:
        """Press keys as a hand does: a key goes down, then up."""
        for digit in digits:
            self.command("sndcode", digit)
            time.sleep(0.12)  # the real phone sends for as long as the key is down
            self.command("sndcode", "\x04")
            time.sleep(0.08)

    def wait_for(self, kind: str, within: float = WITHIN) -> dict[str, Any]:
        """The next event of ``kind``: REGISTER_OK, CALL_ESTABLISHED, CALL_CLOSED, …"""
        deadline = time.monotonic() + within
        for event in self._read_events(deadline):
            self.events.append(event)
            if event.get("type") == kind:
                return event
        seen = [event.get("type") for event in self.events]
        raise AssertionError(f"no {kind} within {within} s, only {seen}:\n{self.log()}")

    def _read_events(self, deadline: float) -> Iterator[dict[str, Any]]:
        assert self._control is not None
        while (left := deadline - time.monotonic()) > 0:
            length, colon, rest = self._buffer.partition(b":")
            if colon and len(rest) > int(length):
                self._buffer = rest[int(length) + 1 :]
                yield json.loads(rest[: int(length)])
                continue
            self._control.settimeout(left)
            try:
                data = self._control.recv(65536)
            except TimeoutError:
                return
            if not data:
                return
            self._buffer += data

    def forget(self) -> None:
        """Events that came until now are waited for no more."""
        self.events += self._read_events(time.monotonic() + 0.05)

    @property
    def heard(self) -> Path:
        """A wav file of what its user heard in the last call."""
        return max(self.folder.glob("dump-*-dec.wav"), key=lambda path: path.stat().st_mtime_ns)


def is_running(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

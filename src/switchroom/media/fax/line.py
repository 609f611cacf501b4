"""The way of a fax between its terminal and the engine, and the thread that goes it.

Audio comes and goes through a feed, so a fax is a party as any other: the engine keeps time, and
the thread answers each 20 ms it hears with as much. The event loop only waits for the result.
"""

from __future__ import annotations

import logging
import socket
import threading
from concurrent.futures import Future
from typing import Protocol

from switchroom.media.fax.audio import AudioTerminal
from switchroom.media.fax.terminal import FaxResult, Terminal

logger = logging.getLogger(__name__)

FRAME = 320  #: octets of 20 ms
AHEAD = 12  #: frames that wait to be heard, so that a thread that comes late is not
AFTERWARDS = 30  #: frames behind the end, so that the last word is heard
_AUDIO = b"\x10"  #: AudioSocket's type of audio at 8,000 Hz
_HEADER = 3  #: octets: the type, and the length in two


class FaxLine(Protocol):
    """One fax on its way."""

    @property
    def terminal(self) -> Terminal:
        """The machine at our end."""
        ...

    def exchange(self) -> bool:
        """Wait for what comes next, and answer it; returns whether there is more to do."""
        ...

    def close(self) -> None:
        """Let go of everything; the terminal has its result then."""
        ...


def _framed(audio: bytes) -> bytes:
    return _AUDIO + len(audio).to_bytes(2) + audio


class AudioLine:
    """Fulfils :class:`FaxLine` for audio.

    Args:
        terminal: What hears and speaks.
        connected: The other end of the feed's socket, which has AudioSocket's framing.
    """

    def __init__(self, terminal: AudioTerminal, connected: socket.socket) -> None:
        self._terminal = terminal
        self._socket = connected
        self._waiting = b""
        self._left = AFTERWARDS
        self._socket.sendall(_framed(bytes(FRAME)) * AHEAD)

    @property
    def terminal(self) -> Terminal:
        """See :class:`FaxLine`."""
        return self._terminal

    def exchange(self) -> bool:
        """See :class:`FaxLine`."""
        try:
            data = self._socket.recv(16384)
            if not data:
                return False
            said = b"".join(self._answers(data))
            if said:
                self._socket.sendall(said)
        except BlockingIOError:
            return True  # a test that asks before there is something
        except OSError:
            return False
        return self._left > 0

    def _answers(self, data: bytes) -> list[bytes]:
        self._waiting += data
        answers = []
        while len(self._waiting) >= _HEADER:
            end = _HEADER + int.from_bytes(self._waiting[1:_HEADER])
            if len(self._waiting) < end:
                break
            kind, heard = self._waiting[:1], self._waiting[_HEADER:end]
            self._waiting = self._waiting[end:]
            if kind == _AUDIO:
                answers.append(_framed(self._terminal.exchange(heard)))
                self._left -= self._terminal.result is not None
        return answers

    def close(self) -> None:
        """See :class:`FaxLine`."""
        self._socket.close()
        self._terminal.close()


def carry(line: FaxLine) -> Future[FaxResult]:
    """Let a thread carry a fax to its end; the line is closed then."""
    ended: Future[FaxResult] = Future()
    ended.set_running_or_notify_cancel()  # nobody can: the thread ends when its line does

    def work() -> None:
        try:
            while line.exchange():
                pass
        except Exception as error:
            logger.exception("a fax failed")
            line.close()
            ended.set_exception(error)
            return
        line.close()
        assert line.terminal.result is not None
        ended.set_result(line.terminal.result)

    threading.Thread(target=work, name="fax", daemon=True).start()
    return ended

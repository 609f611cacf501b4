"""Fax by T.38: two terminals over datagrams, some of which are lost."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from switchroom.media.fax.line import carry
from switchroom.media.fax.t38 import T38Terminal
from switchroom.media.fax.t38_line import T38Line
from switchroom.media.fax.terminal import CALL_DROPPED, FaxPlan
from switchroom.rtp.udptl import UdptlSender
from tests.media.pages import chequered, read_pages, write_pages
from tests.support.fax import needs_spandsp

pytestmark = needs_spandsp

PAGES = [chequered(), chequered(90, shift=3)]
LONGEST = 50 * 180  #: ticks


def terminals(folder: Path, *, redundancy: int = 3) -> tuple[T38Terminal, T38Terminal]:
    write_pages(folder / "sent.tif", PAGES)
    sender = UdptlSender(redundancy=redundancy)
    receiver = UdptlSender(redundancy=redundancy)
    return (
        T38Terminal(FaxPlan(folder / "sent.tif", sends=True, station_id="111"), sender),
        T38Terminal(FaxPlan(folder / "received.tif", sends=False, station_id="222"), receiver),
    )


def talk(one: T38Terminal, two: T38Terminal, arrives: Callable[[int], bool]) -> None:
    count = 0
    for _ in range(LONGEST):
        for speaker, listener in ((one, two), (two, one)):
            for datagram in speaker.tick():
                count += 1
                if arrives(count):
                    listener.hear(datagram)
        if one.result and two.result:
            break
    one.close()
    two.close()


@pytest.mark.parametrize("every", [0, 10, 3])
def test_all_pages_arrive_though_datagrams_are_lost(tmp_path: Path, every: int) -> None:
    one, two = terminals(tmp_path)
    talk(one, two, lambda number: not every or number % every > 0)
    assert one.result is not None
    assert two.result is not None
    assert (one.result.text, two.result.text) == ("OK", "OK")
    assert (one.result.pages, two.result.pages) == (2, 2)
    assert (one.result.remote_station, two.result.remote_station) == ("222", "111")
    assert read_pages(tmp_path / "received.tif") == PAGES


def test_nonsense_is_passed_over(tmp_path: Path) -> None:
    one, two = terminals(tmp_path)
    for each in (b"", b"\xff" * 40, b"\0\0\x05\xff\xff\xff\xff\xff\0\0"):
        two.hear(each)
    talk(one, two, lambda _: True)
    assert two.result is not None
    assert two.result.is_success


def test_a_line_that_is_stopped(tmp_path: Path) -> None:
    one, two = terminals(tmp_path)
    ours, theirs = socket.socketpair(type=socket.SOCK_DGRAM)
    line = T38Line(one, ours)
    ended = carry(line)
    assert theirs.recv(2048)  # something is said
    line.stop()
    line.stop()
    result = ended.result(timeout=20)
    assert (result.code, result.is_success) == (CALL_DROPPED, False)
    theirs.close()
    two.close()

"""Fax as audio: two machines of ours, the page that came compared with the one that was sent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.media.api import StreamPlan
from switchroom.media.fax import spandsp
from switchroom.media.fax.audio import AudioTerminal
from switchroom.media.fax.line import AudioLine
from switchroom.media.fax.spandsp import FaxUnavailableError
from switchroom.media.fax.terminal import CALL_DROPPED, FaxPlan, FaxResult
from switchroom.media.feeds import FeedPlan, Framing
from tests.media.pages import chequered, read_pages, write_pages
from tests.support.fakes import run_virtual
from tests.support.fax import needs_spandsp
from tests.support.stepped_engine import TICK, SteppedEngine

PAGES = [chequered(), chequered(90, shift=3)]
FRAME = 320  #: octets of 20 ms
LONGEST = 50 * 180  #: frames
CLICKS = range(580, 660, 10)  #: frames in which the line drops out for a millisecond


class Pair:
    """A sender and a receiver."""

    def __init__(self, folder: Path, **values: object) -> None:
        sent = folder / "sent.tif"
        write_pages(sent, PAGES)
        self.path = folder / "received.tif"
        plan = replace(FaxPlan(sent, sends=True, station_id="+49 30 111"), **values)  # type: ignore[arg-type]  # the case's
        self.sender = AudioTerminal(plan)
        self.receiver = AudioTerminal(FaxPlan(self.path, sends=False, station_id="222"))

    def talk(self, line: Callable[[bytes], bytes] = bytes) -> tuple[FaxResult, FaxResult]:
        """Until both are at the end; ``line`` does something to what the sender says."""
        said = bytes(FRAME)
        for _ in range(LONGEST):
            said = self.receiver.exchange(line(self.sender.exchange(said)))
            if self.sender.result and self.receiver.result:
                break
        self.sender.close()
        self.receiver.close()
        assert self.sender.result is not None
        assert self.receiver.result is not None
        return self.sender.result, self.receiver.result


@needs_spandsp
@pytest.mark.parametrize("ecm", [True, False])
@pytest.mark.parametrize(
    ("modems", "rate"), [({"v17", "v27", "v29"}, 14400), ({"v29"}, 9600), ({"v27"}, 4800)]
)
def test_all_pages_arrive_as_they_were(
    tmp_path: Path, modems: set[str], rate: int, *, ecm: bool
) -> None:
    pair = Pair(tmp_path, ecm=ecm, modems=frozenset(modems))
    sent, received = pair.talk()
    assert sent == FaxResult(0, "OK", 2, rate, "204x98", "222")
    assert received == FaxResult(0, "OK", 2, rate, "204x98", "+49 30 111")
    assert read_pages(pair.path) == PAGES


@needs_spandsp
@pytest.mark.parametrize(
    ("limits", "rate"),
    [({"max_rate": 9600}, 9600), ({"max_rate": 4800}, 4800), ({"max_rate": 2400}, 4800),
     ({"modems": frozenset({"v17", "v27"}), "min_rate": 9600, "max_rate": 12000}, 4800)],
)  # fmt: skip
def test_the_rate_is_limited(tmp_path: Path, limits: dict[str, object], rate: int) -> None:
    sent, _ = Pair(tmp_path, **limits).talk()
    assert (sent.is_success, sent.rate) == (True, rate)


@needs_spandsp
def test_a_header_stands_above_the_page(tmp_path: Path) -> None:
    pair = Pair(tmp_path, header="Example Ltd.")
    assert pair.talk()[0].is_success
    first = read_pages(pair.path)[0]
    assert len(first) > len(PAGES[0])
    assert first[-len(PAGES[0]) :] == PAGES[0]


@needs_spandsp
def test_what_is_damaged_on_the_way_is_sent_again(tmp_path: Path) -> None:
    lengths = []
    for clicks in (range(0), CLICKS):
        pair = Pair(tmp_path)
        frames = 0

        def clicking(said: bytes, clicks: range = clicks) -> bytes:
            nonlocal frames
            frames += 1
            return bytes(16) + said[16:] if frames in clicks else said

        sent, received = pair.talk(clicking)
        assert (sent.is_success, received.is_success) == (True, True)
        assert read_pages(pair.path) == PAGES
        lengths.append(frames)
    assert lengths[1] > lengths[0] + 100


@needs_spandsp
def test_nobody_answers(tmp_path: Path) -> None:
    write_pages(tmp_path / "sent.tif", PAGES)
    sender = AudioTerminal(FaxPlan(tmp_path / "sent.tif", sends=True))
    frames = 0
    while sender.result is None and frames < LONGEST:
        sender.exchange(bytes(FRAME))
        frames += 1
    sender.close()
    assert sender.result is not None
    assert (sender.result.is_success, sender.result.pages) == (False, 0)
    assert 30 < frames * TICK < 120  # T.30's T0


@needs_spandsp
def test_a_call_that_ends_in_the_middle(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    said = bytes(FRAME)
    for _ in range(500):
        said = pair.receiver.exchange(pair.sender.exchange(said))
    pair.receiver.close()
    pair.receiver.close()
    assert pair.receiver.result is not None
    assert (pair.receiver.result.code, pair.receiver.result.is_success) == (CALL_DROPPED, False)
    pair.sender.close()


@needs_spandsp
def test_what_is_no_tiff_is_not_sent(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.sender.close()
    (tmp_path / "sent.tif").write_bytes(b"GIF89a")
    pair.sender = AudioTerminal(FaxPlan(tmp_path / "sent.tif", sends=True))
    sent, received = pair.talk()
    assert (sent.is_success, received.is_success) == (False, False)


def test_without_the_library_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spandsp.load.cache_clear()
    monkeypatch.setattr(spandsp, "find_library", lambda _: None)
    with pytest.raises(FaxUnavailableError, match="libspandsp2"):
        AudioTerminal(FaxPlan(tmp_path / "x.tif", sends=True))


class Station:
    """A terminal behind a stream of the engine, as an application has it."""

    def __init__(self, terminal: AudioTerminal) -> None:
        self.terminal = terminal
        self.ours, theirs = socket.socketpair()
        theirs.setblocking(False)  # noqa: FBT003  # as the library has it
        self.line = AudioLine(terminal, theirs)
        self.goes_on = True

    async def open(self, engine: SteppedEngine) -> None:
        feed = engine.open_feed(
            self.ours.detach(), FeedPlan(Framing.AUDIOSOCKET, is_modem=True), lambda _: None
        )
        self.stream = await engine.open_stream("127.0.0.1", StreamPlan("PCMU", 0), lambda _: None)
        self.stream.set_jitter_buffer(0.2, fixed=True)
        engine.connect(self.stream, feed)

    def step(self) -> None:
        self.goes_on = self.goes_on and self.line.exchange()


@needs_spandsp
def test_a_fax_over_rtp(tmp_path: Path) -> None:
    pair = Pair(tmp_path)

    async def story() -> None:
        engine = SteppedEngine(first_port=32000, last_port=39999)
        stations = Station(pair.sender), Station(pair.receiver)
        for each in stations:
            await each.open(engine)
        one, two = (each.stream for each in stations)
        one.update(StreamPlan("PCMU", 0, remote=two.local_address))
        two.update(StreamPlan("PCMU", 0, remote=one.local_address))
        for _ in range(LONGEST):
            await asyncio.sleep(TICK)
            engine.step()
            for each in stations:
                each.step()
            if not any(each.goes_on for each in stations):
                break
        for each in stations:
            each.line.close()
        await engine.close()

    run_virtual(story())
    assert pair.sender.result == FaxResult(0, "OK", 2, 14400, "204x98", "222")
    assert pair.receiver.result == FaxResult(0, "OK", 2, 14400, "204x98", "+49 30 111")
    assert read_pages(pair.path) == PAGES

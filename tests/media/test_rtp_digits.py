"""Digits by RFC 4733 events, in and out, and as tone where events were not agreed."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import DtmfBegan, DtmfEnded, MediaEvent, Sound
from tests.media.calls import frequencies, noise, one_call, run, values
from tests.media.rtp_party import EVENT_TYPE, EVENTS, RtpPacket, RtpParty

Send = Callable[[RtpParty], None]


def hear(send: Send, *, ends: int = 1) -> list[MediaEvent]:
    """What is reported of the packets that ``send`` sends, until so many keys went up."""

    async def scenario() -> list[MediaEvent]:
        async with one_call() as call:
            send(call.party)
            await call.ear.next(DtmfEnded, ends)
            await asyncio.sleep(0.05)  # nothing else comes
            return call.ear.events

    return run(scenario())


def key(digit: str, duration: float) -> list[MediaEvent]:
    return [DtmfBegan(digit), DtmfEnded(digit, duration)]


# from the party


@pytest.mark.parametrize("digit", EVENTS)
def test_each_of_the_sixteen_keys(digit: str) -> None:
    assert hear(lambda party: party.press(digit, 0.1)) == key(digit, 0.1)


def test_one_key_after_the_other() -> None:
    def send(party: RtpParty) -> None:
        for digit in "1123":
            party.press(digit, 0.08)

    assert hear(send, ends=4) == [
        *key("1", 0.08),
        *key("1", 0.08),
        *key("2", 0.08),
        *key("3", 0.08),
    ]


def test_a_key_counts_once_however_often_its_end_comes() -> None:
    assert hear(lambda party: party.press("5", 0.1, ends=9)) == key("5", 0.1)


def test_packets_that_come_twice_count_once() -> None:
    def send(party: RtpParty) -> None:
        for length in (160, 160, 320, 320, 480, 480):
            party.send_event("7", length, ended=length == 480)

    assert hear(send) == key("7", 0.06)


def test_packets_in_disorder() -> None:
    def send(party: RtpParty) -> None:
        for length in (320, 160, 640, 480):
            party.send_event("7", length)
        party.send_event("7", 800, ended=True)
        party.send_event("7", 160)  # overtaken even by the end
        party.send_event("7", 800, ended=True)

    assert hear(send) == key("7", 0.1)


def test_only_the_end_arrives() -> None:
    assert hear(lambda party: party.send_event("*", 800, ended=True)) == key("*", 0.1)


def test_the_end_is_lost() -> None:
    def send(party: RtpParty) -> None:
        for length in (160, 320, 480):
            party.send_event("4", length)

    assert hear(send) == key("4", 0.06)


def test_the_end_is_lost_and_another_key_follows() -> None:
    def send(party: RtpParty) -> None:
        party.press("4", 0.06, ends=0)
        party.press("4", 0.1)

    assert hear(send, ends=2) == [*key("4", 0.04), *key("4", 0.1)]


def test_packets_of_a_key_that_is_over_ring_no_more() -> None:
    def send(party: RtpParty) -> None:
        first = party.timestamp
        party.press("1", 0.1)
        second = party.timestamp
        party.press("2", 0.1)
        for timestamp in (first, second, first):
            party.timestamp = timestamp
            party.send_event("1" if timestamp == first else "2", 160)

    assert hear(send, ends=2) == [*key("1", 0.1), *key("2", 0.1)]


def test_packets_of_an_older_key_do_not_end_the_one_that_is_down() -> None:
    def send(party: RtpParty) -> None:
        first = party.timestamp
        party.press("1", 0.1)
        second = party.timestamp
        party.send_event("2", 160)
        party.timestamp = first
        party.send_event("1", 800, ended=True)
        party.timestamp = second
        party.send_event("2", 1600, ended=True)

    assert hear(send, ends=2) == [*key("1", 0.1), *key("2", 0.2)]


def test_a_key_held_longer_than_sixteen_bits_can_say_is_one_key() -> None:
    """RFC 4733 §2.5.1.3: contiguous segments, without an end between them."""

    def send(party: RtpParty) -> None:
        for _ in range(2):
            party.send_event("9", 160)
            party.send_event("9", 0xFFFF)
            party.timestamp += 0xFFFF
        party.send_event("9", 802, ended=True)

    assert hear(send) == key("9", (2 * 0xFFFF + 802) / 8000)


def test_another_sender_begins_anew() -> None:
    def send(party: RtpParty) -> None:
        party.press("1", 0.1)
        party.ssrc += 1
        party.timestamp -= 40000  # its own clock
        party.press("2", 0.1)

    assert hear(send, ends=2) == [*key("1", 0.1), *key("2", 0.1)]


def test_what_is_no_digit_is_ignored() -> None:
    def send(party: RtpParty) -> None:
        for payload in (b"", b"\1", b"\1\2\3", b"\x10\x8a\3\x20", b"\xff\x8a\3\x20"):
            party.send_raw(RtpPacket(EVENT_TYPE, 1, 1, 1, payload).to_bytes())
        party.press("6", 0.1)

    assert hear(send) == key("6", 0.1)


def test_events_that_were_not_agreed_are_dropped() -> None:
    async def scenario() -> tuple[list[MediaEvent], int]:
        async with one_call(telephone_event=None) as call:
            call.party.press("1", 0.1)
            await call.received(7)
            return call.ear.events, call.stream.statistics().packets_dropped

    assert run(scenario()) == ([], 7)


# to the party


async def send(digits: str, duration: float) -> list[list[RtpPacket]]:
    """The packets of each key that the party hears."""
    async with one_call() as call:
        for digit in digits:
            call.stream.send_digit(digit, duration=duration)

        def keys() -> list[list[RtpPacket]]:
            by_key = itertools.groupby(call.party.packets(EVENT_TYPE), lambda p: p.timestamp)
            return [list(packets) for _, packets in by_key]

        await call.party.until(
            lambda: sum(p.payload[1] >> 7 for each in keys() for p in each) == 3 * len(digits)
        )
        return keys()


def test_a_key_goes_out_as_the_rfc_wants_it() -> None:
    ((packets),) = run(send("5", 0.1))
    assert [int.from_bytes(p.payload[2:]) for p in packets] == [160, 320, 480, 640, 800, 800, 800]
    assert [p.payload[1] >> 7 for p in packets] == [0, 0, 0, 0, 1, 1, 1]
    assert [p.marker for p in packets] == [True] + [False] * 6
    assert {p.payload[0] for p in packets} == {5}
    assert {p.payload[1] & 0x40 for p in packets} == {0}
    first = packets[0].sequence
    assert [p.sequence for p in packets] == [(first + n) & 0xFFFF for n in range(7)]


@pytest.mark.parametrize(("asked", "sent"), [(0.0, 320), (0.04, 320), (0.055, 440), (0.25, 2000)])
def test_a_key_has_its_length(asked: float, sent: int) -> None:
    ((packets),) = run(send("1", asked))
    assert int.from_bytes(packets[-1].payload[2:]) == sent


@pytest.mark.parametrize("duration", [0.05, 0.06])
def test_keys_keep_their_distance(duration: float) -> None:
    keys = run(send("11#", duration))
    assert [packets[0].payload[0] for packets in keys] == [1, 1, 11]
    for before, after in itertools.pairwise(keys):
        ended = before[-1].timestamp + int.from_bytes(before[-1].payload[2:])
        assert 400 <= (after[0].timestamp - ended) & 0xFFFFFFFF <= 800  # 50 ms and not much more


def test_audio_goes_on_behind_a_key_and_the_clock_with_it() -> None:
    async def scenario() -> list[RtpPacket]:
        async with one_call() as call, asyncio.TaskGroup() as group:
            group.create_task(call.stream.play(Sound("noise", noise(0.5))))
            await call.party.until(lambda: len(call.party.heard) >= 3)
            call.stream.send_digit("1", duration=0.1)
            await call.party.until(lambda: len(call.party.heard) >= 25)
            return call.party.heard

    packets = run(scenario())
    kinds = [kind for kind, _ in itertools.groupby(packets, lambda p: p.payload_type)]
    assert kinds == [0, EVENT_TYPE, 0]
    audio = [p for p in packets if p.payload_type == 0]
    events = [p for p in packets if p.payload_type == EVENT_TYPE]
    sequence = [p.sequence for p in packets]
    assert sequence == [(sequence[0] + n) & 0xFFFF for n in range(25)]
    resumed = next(p for p in audio if p.sequence == (events[-1].sequence + 1) & 0xFFFF)
    assert resumed.marker
    assert (resumed.timestamp - events[0].timestamp) & 0xFFFFFFFF == 160 * len(events)


def test_too_many_keys_are_refused() -> None:
    async def scenario() -> None:
        async with one_call() as call:
            for _ in range(64):
                call.stream.send_digit("1")
            with pytest.raises(MediaError, match="too many"):
                call.stream.send_digit("1")

    run(scenario())


TONES = {"1": [700, 1210], "5": [770, 1340], "#": [940, 1480], "D": [940, 1630]}


@pytest.mark.parametrize("digit", TONES)
def test_a_key_is_a_tone_where_events_were_not_agreed(digit: str) -> None:
    async def scenario() -> bytes:
        async with one_call(telephone_event=None) as call:
            call.stream.send_digit(digit, duration=0.1)
            await call.party.until(lambda: len(call.party.heard) >= 5)
            assert call.party.packets(EVENT_TYPE) == []
            return call.party.audio()[:1600]

    assert frequencies(run(scenario())) == TONES[digit]


def test_there_is_silence_between_two_tones() -> None:
    """Packets of silence: a receiver that hides losses would make one long tone of the two."""

    async def scenario() -> bytes:
        async with one_call(telephone_event=None) as call:
            for _ in range(2):
                call.stream.send_digit("3", duration=0.06)
            await call.party.until(lambda: len(call.party.heard) >= 9)
            times = [p.timestamp for p in call.party.heard[:9]]
            assert times == [(times[0] + 160 * n) & 0xFFFFFFFF for n in range(9)]
            return call.party.audio()

    heard = values(run(scenario()))[: 9 * 160].reshape(9, 160)
    assert [bool(abs(frame).max() > 1000) for frame in heard] == [True] * 3 + [False] * 3 + [
        True
    ] * 3

"""RTCP reports, read."""

from __future__ import annotations

import struct

import pytest

from switchroom.rtp.rtcp import ReceptionReport, Report, SenderInfo, parse_report

BLOCK = struct.pack("!IIHHIII", 7, (5 << 24) | 3, 2, 40, 90, 0x11112222, 65536)
READ = ReceptionReport(7, 5, 3, 40, 2, 90, 0x11112222, 65536)
RECEIVER = struct.pack("!BBHI", 0x81, 201, 7, 9) + BLOCK
SENDER = struct.pack("!BBHI5I", 0x81, 200, 12, 9, 1, 2, 3, 4, 5) + BLOCK


def test_a_receiver_report() -> None:
    assert parse_report(RECEIVER) == Report(9, None, (READ,))
    assert Report(9, None, ()).packet_type == 201


def test_a_sender_report() -> None:
    report = parse_report(SENDER)
    assert report == Report(9, SenderInfo(1, 2, 3, 4, 5), (READ,))
    assert report.packet_type == 200


def test_what_follows_and_what_is_cut_off_is_left_out() -> None:
    two = b"\x82" + SENDER[1:]
    assert parse_report(two) == parse_report(SENDER)
    assert parse_report(SENDER + bytes(20)) == parse_report(SENDER)


def test_packets_that_came_twice_are_lost_less_than_never() -> None:
    block = struct.pack("!IIHHIII", 7, 0xFFFFFE, 0, 0, 0, 0, 0)
    report = parse_report(RECEIVER[:8] + block)
    assert report is not None
    assert report.blocks[0].cumulative_lost == -2


@pytest.mark.parametrize(
    "data", [b"", RECEIVER[:7], SENDER[:27], b"\x81\xca" + bytes(30), bytes(60)]
)
def test_what_is_none(data: bytes) -> None:
    assert parse_report(data) is None


def test_no_prefix_of_one_raises() -> None:
    assert [parse_report(SENDER[:n]) is None for n in range(len(SENDER))] == [True] * 28 + [
        False
    ] * 24

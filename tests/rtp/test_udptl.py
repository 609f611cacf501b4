"""UDPTL: what is lost comes again, and nothing comes twice."""

from __future__ import annotations

import pytest

from switchroom.rtp.udptl import UdptlError, UdptlReceiver, UdptlSender

PACKETS = [bytes([number]) * (number + 1) for number in range(6)]


def test_the_octets() -> None:
    sender = UdptlSender(redundancy=2)
    assert [sender.to_datagram(each) for each in (b"\x06", b"\xc0\x01", b"\x02", b"\x04")] == [
        bytes.fromhex("0000 0106 00 00"),
        bytes.fromhex("0001 02c001 00 01 0106"),
        bytes.fromhex("0002 0102 00 02 02c001 0106"),
        bytes.fromhex("0003 0104 00 02 0102 02c001"),
    ]  # fmt: skip


def test_a_long_packet() -> None:
    datagram = UdptlSender().to_datagram(bytes(300))
    assert datagram[2:4].hex() == "812c"
    assert UdptlReceiver().packets(datagram) == [(0, bytes(300))]


@pytest.mark.parametrize("lost", [set(), {1}, {2, 3}, {1, 2, 3}])
def test_up_to_three_in_a_row_may_be_lost(lost: set[int]) -> None:
    sender, receiver = UdptlSender(), UdptlReceiver()
    sent = [sender.to_datagram(each) for each in PACKETS]
    heard = [
        each
        for number, datagram in enumerate(sent)
        if number not in lost
        for each in receiver.packets(datagram)
    ]
    assert heard == list(enumerate(PACKETS))


def test_what_is_lost_for_good_is_left_out() -> None:
    sender, receiver = UdptlSender(redundancy=1), UdptlReceiver()
    sent = [sender.to_datagram(each) for each in PACKETS]
    assert [n for at in (0, 4) for n, _ in receiver.packets(sent[at])] == [0, 3, 4]


def test_late_and_double_datagrams_say_nothing_new() -> None:
    sender, receiver = UdptlSender(), UdptlReceiver()
    one, two = sender.to_datagram(b"a"), sender.to_datagram(b"b")
    assert receiver.packets(two) == [(0, b"a"), (1, b"b")]
    assert receiver.packets(one) == receiver.packets(two) == []


def test_numbers_begin_again_behind_the_last() -> None:
    sender, receiver = UdptlSender(), UdptlReceiver()
    numbers = [
        number for _ in range(0x10002) for number, _ in receiver.packets(sender.to_datagram(b"x"))
    ]
    assert numbers[-3:] == [0xFFFF, 0, 1]


def test_a_small_datagram_has_fewer_packets_again() -> None:
    sender = UdptlSender(largest=40)
    datagram = [sender.to_datagram(bytes(12)) for _ in range(5)][-1]
    assert len(datagram) == 2 + 13 + 2 + 13
    assert len(UdptlReceiver().packets(datagram)) == 2


def test_parity_is_passed_over() -> None:
    assert UdptlReceiver().packets(bytes.fromhex("0000 0106 80 0103 01 02aabb")) == [
        (0, b"\x06")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data", ["", "00", "0000", "000002aa", "00000106", "0000010600", "000001060001", "0000c1"]
)
def test_what_is_none(data: str) -> None:
    with pytest.raises(UdptlError):
        UdptlReceiver().packets(bytes.fromhex(data))

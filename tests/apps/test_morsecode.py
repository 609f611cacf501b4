"""Morsecode."""

from __future__ import annotations

import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import lines_of, run_dialplan
from tests.support.fakes import fake_stream


@pytest.mark.parametrize(
    ("text", "dots"),
    [("E", 1 + 3), ("t", 3 + 3), ("EE", 2 * (1 + 3)), ("E E", 4 + 4 + 4), ("SOS", 5 + 3 + 11 + 3 + 5 + 3), ("é", 0)],
)  # fmt: skip
def test_lengths(text: str, dots: int) -> None:
    assert run_dialplan(lines_of(f"Morsecode({text})")).seconds == pytest.approx(0.08 * dots)


def test_what_is_set() -> None:
    played: list[list[str]] = []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        channel.at_end(lambda: played.append(fake_stream(channel).played))

    conf = lines_of("Set(MORSEDITLEN=100)", "Set(MORSETONE=9999)", "Morsecode(E)")
    assert run_dialplan(conf, prepare=prepare).seconds == pytest.approx(0.4)
    assert played == [["E"]]

"""PITCH_SHIFT and SCRAMBLE."""

from __future__ import annotations

import pytest

from switchroom.base.errors import DialplanError
from switchroom.functions.disguise import scramble, shift_pitch
from tests.support.fakes import fake_stream, make_channel, make_pbx, run_virtual


@pytest.mark.parametrize(
    ("direction", "value", "said", "heard"),
    [
        ("rx", "highest", 2.0, 1.0),
        ("TX", "Lowest", 1.0, 0.5),
        ("both", "1.2", 1.2, 1.2),
        ("both", "higher", 1.5, 1.5),
        ("rx", "low", 0.85, 1.0),
    ],
)
def test_pitches(direction: str, value: str, said: float, heard: float) -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        await shift_pitch(channel, value, direction)
        assert fake_stream(channel).disguises == {False: (False, said), True: (False, heard)}

    run_virtual(main())


def test_what_is_scrambled_and_what_no_longer() -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        await shift_pitch(channel, "high", "rx")
        stream = fake_stream(channel)
        for value, direction, expected in (
            ("on", "tx", (False, True)),
            ("rx", "", (True, True)),
            ("off", "tx", (True, False)),
            ("both", "", (True, True)),
            ("remove", "", (False, False)),
            ("yes", "", (True, True)),
            ("off", "", (False, False)),
        ):
            await scramble(channel, value, direction)
            assert stream.disguises == {False: (expected[0], 1.25), True: (expected[1], 1.0)}

    run_virtual(main())


@pytest.mark.parametrize(
    ("direction", "value"),
    [("up", "high"), ("", "high"), ("rx", "5"), ("rx", "0"), ("rx", "squeaky")],
)
def test_what_is_no_pitch(direction: str, value: str) -> None:
    async def main() -> None:
        with pytest.raises(DialplanError, match="PITCH_SHIFT"):
            await shift_pitch(make_channel(make_pbx()), value, direction)

    run_virtual(main())


def test_what_cannot_be_scrambled() -> None:
    async def main() -> None:
        with pytest.raises(DialplanError, match="SCRAMBLE"):
            await scramble(make_channel(make_pbx()), "on", "sideways")

    run_virtual(main())

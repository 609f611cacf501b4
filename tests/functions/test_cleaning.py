"""AGC and DENOISE."""

from __future__ import annotations

import pytest

from switchroom.base.errors import DialplanError
from switchroom.functions.cleaning import read_agc, read_denoise, write_agc, write_denoise
from tests.support.fakes import fake_stream, make_channel, make_pbx, run_virtual


def test_each_direction_has_its_own() -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        await write_agc(channel, "8000", "rx")
        await write_denoise(channel, "on", "RX")
        await write_denoise(channel, "on", "tx")
        assert fake_stream(channel).cleaned == {False: (True, 8000.0), True: (True, 0.0)}
        assert (read_agc(channel, "rx"), read_agc(channel, "tx")) == ("8000", "0")
        await write_agc(channel, "off", "rx")
        await write_denoise(channel, "off", "tx")
        assert fake_stream(channel).cleaned == {False: (True, 0.0), True: (False, 0.0)}
        assert (read_denoise(channel, "rx"), read_denoise(channel, "tx")) == ("1", "0")

    run_virtual(main())


@pytest.mark.parametrize("value", ["", "loud", "-1", "40000"])
def test_what_is_no_level(value: str) -> None:
    async def main() -> None:
        with pytest.raises(DialplanError, match="no level"):
            await write_agc(make_channel(make_pbx()), value, "rx")

    run_virtual(main())


def test_what_is_no_direction() -> None:
    async def main() -> None:
        with pytest.raises(DialplanError, match="neither tx nor rx"):
            await write_denoise(make_channel(make_pbx()), "on", "up")

    run_virtual(main())

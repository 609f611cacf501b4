"""JITTERBUFFER."""

from __future__ import annotations

import pytest

from switchroom.base.errors import DialplanError
from switchroom.functions.jitter_buffer import set_jitter_buffer
from tests.support.fakes import fake_stream, make_channel, make_pbx, run_virtual


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("fixed", "default", (0.2, True)),
        ("fixed", "120", (0.12, True)),
        ("adaptive", "default", (0.04, False)),
        ("Adaptive", "200,,60", (0.06, False)),
        ("disabled", "", (None, False)),
    ],
)
def test_what_the_engine_is_told(
    kind: str, value: str, expected: tuple[float | None, bool]
) -> None:
    async def main() -> None:
        channel = make_channel(make_pbx())
        await set_jitter_buffer(channel, value, kind)
        assert fake_stream(channel).jitter_buffer == expected

    run_virtual(main())


def test_what_is_none() -> None:
    async def main() -> None:
        with pytest.raises(DialplanError, match="neither fixed"):
            await set_jitter_buffer(make_channel(make_pbx()), "default", "elastic")

    run_virtual(main())

"""Channels found by their device, without a look at all others."""

from __future__ import annotations

from switchroom.pbx.states.device_state import channels_of
from tests.support.fakes import make_channel, make_pbx, run_virtual


def test_they_come_and_go_with_their_channels() -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            first = make_channel(pbx, name="PJSIP/Alice-00000001")
            second = make_channel(pbx, name="PJSIP/alice-00000002")
            other = make_channel(pbx, name="PJSIP/alice-b-00000003")
            assert channels_of(pbx, "pjsip/alice") == [first, second]
            assert channels_of(pbx, "PJSIP/alice-b") == [other]
            first.finish()
            assert channels_of(pbx, "PJSIP/ALICE") == [second]
            second.finish()
            second.finish()
            other.finish()
            assert channels_of(pbx, "PJSIP/alice") == []
            assert pbx.channels_by_device == {}

    run_virtual(main())

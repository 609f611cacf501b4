"""Profiles of FollowMe() in tables."""

from __future__ import annotations

from switchroom.apps.follow_me.realtime import find_profile
from switchroom.config.followme import FollowMeProfile, FollowMeStep
from switchroom.storage.realtime import Realtime
from tests.channels.test_sip_realtime import Tables
from tests.support.fakes import make_pbx, run_virtual


def test_a_profile_is_found_with_its_numbers() -> None:
    found = Tables(
        followme=[{"id": "1", "name": "ann", "context": "phones", "takecall": "7", "declinecall": ""}],
        followme_numbers=[
            {"name": "ann", "ordinal": "2", "phonenumber": "200", "timeout": "10"},
            {"name": "ann", "ordinal": "1", "phonenumber": "100&101"},
            {"name": "bob", "ordinal": "1", "phonenumber": "300"},
        ],
    )  # fmt: skip

    async def main() -> tuple[FollowMeProfile | None, FollowMeProfile | None]:
        pbx = make_pbx()
        pbx._datastores[Realtime] = found
        return await find_profile(pbx, "ann"), await find_profile(pbx, "dan")

    ann, dan = run_virtual(main())
    assert dan is None
    assert ann is not None
    assert (ann.name, ann.context, ann.take, ann.decline) == ("ann", "phones", "7", "2")
    assert ann.steps == (FollowMeStep(("100", "101"), order=1), FollowMeStep(("200",), 10.0, 2))


def test_without_tables_there_is_none() -> None:
    async def main() -> FollowMeProfile | None:
        return await find_profile(make_pbx(), "ann")

    assert run_virtual(main()) is None

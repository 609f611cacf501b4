"""Transfers by codes: who hears whom in the end, and what becomes of the one who transfers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from switchroom.config.features import DynamicFeature, FeatureSettings
from switchroom.pbx.bridging.bridge import Bridges, party_of
from tests.support.office import Office
from tests.support.office import office as run_office
from tests.support.phones import hears

CONF = """\
[default]
exten => s,1,Dial(Phone/bob,,tT)
exten => 2,1,Dial(Phone/carol,10)
exten => 3,1,Dial(Phone/dave)
exten => 4,1,Set(GLOBAL(SENT)=${CHANNEL(name)} ${BLINDTRANSFER})
 same => n,Wait(5)
exten => 22,1,NoOp()
"""
SETTINGS = FeatureSettings(attended_transfer="*2", complete="*7")


def office(
    work: Callable[[Office], Awaitable[None]],
    settings: FeatureSettings = SETTINGS,
    conf: str = CONF,
    **answers_after: float | None,
) -> None:
    run_office(work, settings, conf, lambda _: None, **answers_after)


@pytest.mark.parametrize(("by", "other"), [("caller", "bob"), ("bob", "caller")])
def test_blind_transfer(by: str, other: str) -> None:
    async def work(office: Office) -> None:
        office.key(by, "#")
        await asyncio.sleep(0.1)
        assert not hears(office.caller, office.bob)
        office.key(by, "3")
        await asyncio.sleep(6)
        assert office.channel(by).is_finished
        assert hears(office.channel(other), office.channel("dave"))
        assert office.channel(other).variables["BLINDTRANSFER"] == office.channel(by).name

    office(work)


@pytest.mark.parametrize("digits", ["9", "", "2#"])
def test_a_blind_transfer_to_nowhere_comes_back(digits: str) -> None:
    async def work(office: Office) -> None:
        office.key("bob", "#")
        await asyncio.sleep(1)
        office.key("bob", digits)
        await asyncio.sleep(20)
        if digits == "2#":
            assert hears(office.caller, office.channel("carol"))
        else:
            assert hears(office.caller, office.bob)
            assert len(office.pbx.datastore(Bridges)) == 1

    office(work)


@pytest.mark.parametrize("leaves", ["caller", "bob"])
def test_somebody_hangs_up_while_the_target_is_keyed(leaves: str) -> None:
    async def work(office: Office) -> None:
        office.key("bob", "#")
        await asyncio.sleep(0.1)
        office.channel(leaves).hangup()
        await asyncio.sleep(1)
        assert office.pbx.channels == {}

    office(work)


@pytest.mark.parametrize(("by", "other"), [("caller", "bob"), ("bob", "caller")])
@pytest.mark.parametrize("how", ["hangup", "*7"])
def test_attended_transfer(by: str, other: str, how: str) -> None:
    async def work(office: Office) -> None:
        office.key(by, "*2")
        await asyncio.sleep(0.6)
        office.key(by, "2")
        await asyncio.sleep(9)
        carol = office.channel("carol")
        assert hears(office.channel(by), carol)
        assert not hears(office.channel(other), carol)
        if how == "hangup":
            office.channel(by).hangup()
        else:
            office.key(by, how)
        await asyncio.sleep(1)
        assert hears(office.channel(other), carol)
        assert office.channel(by).is_finished
        assert {"Local" in name for name in office.pbx.channels} == {False}
        office.key(other, "5")
        await asyncio.sleep(0.1)
        assert office.phones["carol"].heard == ["5"]
        office.channel("carol").hangup()
        await asyncio.sleep(1)
        assert office.pbx.channels == {}

    office(work)


@pytest.mark.parametrize("how", ["target hangs up", "*1", "busy", "*1 while it rings"])
def test_an_attended_transfer_that_fails_comes_back(how: str) -> None:
    async def work(office: Office) -> None:
        office.key("bob", "*2")
        await asyncio.sleep(0.6)
        office.key("bob", "2")
        await asyncio.sleep(4)
        if how == "*1 while it rings":
            office.key("bob", "*1")
        await asyncio.sleep(5)
        if how == "target hangs up":
            office.channel("carol").hangup()
        elif how == "*1":
            office.key("bob", "*1")
        await asyncio.sleep(20)
        assert hears(office.caller, office.bob)
        assert office.channel("carol").is_finished
        office.key("bob", "9")
        await asyncio.sleep(0.1)

    carol = None if how in {"busy", "*1 while it rings"} else 2
    office(work, carol=carol)


def test_who_transfers_may_swap() -> None:
    async def work(office: Office) -> None:
        office.key("bob", "*2")
        await asyncio.sleep(0.6)
        office.key("bob", "2")
        await asyncio.sleep(9)
        office.key("bob", "*4")
        await asyncio.sleep(1)
        assert hears(office.caller, office.bob)
        office.key("bob", "*4")
        await asyncio.sleep(1)
        assert hears(office.bob, office.channel("carol"))
        office.bob.hangup()
        await asyncio.sleep(1)
        assert hears(office.caller, office.channel("carol"))

    office(work)


def test_who_is_left_alone_with_the_asked_one_goes_on_talking() -> None:
    async def work(office: Office) -> None:
        office.key("bob", "*2")
        await asyncio.sleep(0.6)
        office.key("bob", "2")
        await asyncio.sleep(9)
        office.caller.hangup()
        await asyncio.sleep(1)
        assert hears(office.bob, office.channel("carol"))
        office.channel("carol").hangup()
        await asyncio.sleep(1)
        assert office.pbx.channels == {}

    office(work)


def test_hanging_up_while_it_rings_leaves_the_other_to_the_target() -> None:
    async def work(office: Office) -> None:
        office.key("bob", "*2")
        await asyncio.sleep(0.6)
        office.key("bob", "2")
        await asyncio.sleep(4)
        office.bob.hangup()
        await asyncio.sleep(7)
        assert hears(office.caller, office.channel("carol"))

    office(work, carol=5)


@pytest.mark.parametrize("drops", [True, False])
def test_a_target_that_never_answers_then_calls_the_transferer_back(*, drops: bool) -> None:
    async def work(office: Office) -> None:
        office.key("bob", "*2")
        await asyncio.sleep(0.6)
        office.key("bob", "2")
        await asyncio.sleep(4)
        first = office.bob
        first.hangup()
        await asyncio.sleep(20)
        if drops:
            assert office.pbx.channels == {}
        else:
            assert office.bob is not first
            assert hears(office.caller, office.bob)

    office(work, replace(SETTINGS, drops_call=drops), carol=None)


@pytest.mark.parametrize("name", ["DYNAMIC_FEATURES", "GLOBAL(DYNAMIC_FEATURES)"])
def test_a_feature_of_the_application_map(name: str) -> None:
    async def work(office: Office) -> None:
        office.key("caller", "*9")
        await asyncio.sleep(0.5)
        assert office.pbx.global_variables["DONE"] == office.bob.name
        assert hears(office.caller, office.bob)
        office.key("caller", "55")
        await asyncio.sleep(1.5)
        assert office.phones["bob"].heard == ["5", "5"]

    feature = DynamicFeature("*9", "Set", "GLOBAL(DONE)=${CHANNEL(name)}", on_peer=True)
    settings = FeatureSettings(applications={"mark": feature}, groups={"all": {"mark": ""}})
    conf = f"[default]\nexten => s,1,Set({name}=all)\n same => n,Dial(Phone/bob)\n"
    office(work, settings, conf)


def test_a_redirected_party_leaves_the_other() -> None:
    async def work(office: Office) -> None:
        office.bob.redirect("default", "4", 1)
        await asyncio.sleep(1)
        assert office.pbx.global_variables["SENT"] == f"{office.bob.name} "
        assert office.caller.is_finished
        assert party_of(office.bob) is None
        assert not office.bob.is_hung_up

    office(work)

import asyncio

import pytest

from switchroom.config.features import FeatureSettings
from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.dialing import DialStatus
from switchroom.pbx.features import ChannelFeatures, Features
from switchroom.pbx.originate import Origination, RunApplication, RunDialplan, originate
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual
from tests.support.phones import Phones, hears

CONF = """\
[default]
exten => 20,1,Dial(Phone/bob&Phone/carol,20)
exten => picks,1,Pickup(${WHAT})
 same => n,Set(GLOBAL(MISSED)=yes)
exten => named,1,PickupChan(${WHAT},${OPTIONS})
 same => n,Set(GLOBAL(MISSED)=yes)
exten => again,1,RetryDial(sorry,2,2,Phone/bob,3)
 same => n,Set(GLOBAL(R)=${DIALSTATUS})
"""


async def begin(pbx: Pbx, number: int, extension: str, **variables: str) -> Channel:
    channel = make_channel(pbx, name=f"Fake/{number}-00000000", extension=extension)
    channel.variables.update(variables)
    channel.datastore(ChannelSettings).pickup_groups = frozenset({3})
    pbx.start(channel)
    await asyncio.sleep(1)
    return channel


@pytest.mark.parametrize(
    ("extension", "what", "options", "found"),
    [
        ("picks", "20", "", True),
        ("picks", "20@default", "", True),
        ("picks", "20@elsewhere", "", False),
        ("picks", "9&20", "", True),
        ("picks", "mine@PICKUPMARK", "", True),
        ("picks", "other@PICKUPMARK", "", False),
        ("picks", "", "", True),
        ("named", "Phone/bob", "", True),
        ("named", "Phone/b", "", False),
        ("named", "Phone/b", "p", True),
    ],
)
def test_a_ringing_call_is_picked_up(extension: str, what: str, options: str, found: bool) -> None:  # noqa: FBT001  # a case
    async def main() -> None:
        phones = Phones(bob=None, carol=None)
        async with make_pbx(make_interpreter(CONF), technologies={"PHONE": phones}) as pbx:
            caller = await begin(pbx, 1, "20")
            phones["carol"].channel.datastore(ChannelSettings).call_groups = frozenset({3, 5})
            phones["carol"].channel.variables["PICKUPMARK"] = "mine"
            picker = await begin(pbx, 2, extension, WHAT=what, OPTIONS=options)
            assert ("MISSED" in pbx.global_variables) is not found
            if not found:
                return
            assert hears(caller, picker)
            assert phones["bob"].told[-1] == phones["carol"].told[-1] == "hangup ANSWERED_ELSEWHERE"
            assert caller.variables["DIALEDPEERNAME"] == picker.name
            caller.hangup()
            await asyncio.sleep(1)
            assert pbx.channels == {}
            assert pbx.datastore(Bridges) == {}

    run_virtual(main())


def test_a_call_is_picked_up_in_the_moment_its_caller_gives_up() -> None:
    async def main() -> None:
        phones = Phones(bob=None, carol=None)
        async with make_pbx(make_interpreter(CONF), technologies={"PHONE": phones}) as pbx:
            caller = await begin(pbx, 1, "20")
            picker = make_channel(pbx, name="Fake/2-00000000", extension="picks")
            picker.variables["WHAT"] = "20"
            pbx.start(picker)
            while picker.application != "Pickup":
                await asyncio.sleep(0)
            caller.hangup()
            await asyncio.sleep(1)
            assert pbx.channels == {}

    run_virtual(main())


@pytest.mark.parametrize(("answers_after", "result"), [(None, "NOANSWER"), (1.0, None)])
def test_dialling_again(answers_after: float | None, result: str | None) -> None:
    async def main() -> None:
        phones = Phones(bob=None)
        async with make_pbx(make_interpreter(CONF), technologies={"PHONE": phones}) as pbx:
            caller = await begin(pbx, 1, "again")
            await asyncio.sleep(4)
            assert fake_stream(caller).backgrounds, "music between the attempts"
            phones.known = {"bob": answers_after}
            await asyncio.sleep(12)
            assert pbx.global_variables.get("R") == result
            assert len(phones.calls) == 2
            if answers_after is not None:
                assert hears(caller, phones["bob"].channel)

    run_virtual(main())


@pytest.mark.parametrize("other", ["another picks it up", "bob answers", "its caller gives up"])
def test_who_comes_too_late_goes_on(other: str) -> None:
    """While the sound is heard that announces the pickup, somebody else is quicker."""

    async def main() -> None:
        phones = Phones(bob=None, carol=None)
        sounds = FakeSounds({"long": 3.0})
        async with make_pbx(
            make_interpreter(CONF), technologies={"PHONE": phones}, sounds=sounds
        ) as pbx:
            pbx.datastore(Features).settings = FeatureSettings(pickup_sound="long")
            caller = await begin(pbx, 1, "20")
            late = await begin(pbx, 2, "picks", WHAT="20")
            match other:
                case "another picks it up":
                    quick = make_channel(pbx, name="Fake/3-00000000", extension="picks")
                    quick.datastore(ChannelFeatures).settings = FeatureSettings()
                    quick.variables["WHAT"] = "20"
                    pbx.start(quick)
                case "bob answers":
                    phones["bob"].answers()
                case _:
                    caller.hangup()
            await asyncio.sleep(5)
            assert pbx.global_variables["MISSED"] == "yes"
            assert late.is_finished
            caller.hangup()
            await asyncio.sleep(1)
            assert pbx.channels == {}

    run_virtual(main())


@pytest.mark.parametrize(
    "then", [RunDialplan("default", "follows"), RunApplication("Set", "GLOBAL(FOLLOWED)=yes")]
)
@pytest.mark.parametrize("extension", ["picks", "named"])
def test_a_call_that_a_program_makes_is_picked_up(
    extension: str, then: RunDialplan | RunApplication
) -> None:
    """Nobody calls: who picks it up gets what was to follow, and what was known of it."""

    async def main() -> None:
        phones = Phones(bob=None)
        plan = CONF + "exten => follows,1,Set(GLOBAL(FOLLOWED)=${ORDER} ${CHANNEL})\n"
        async with make_pbx(make_interpreter(plan), technologies={"PHONE": phones}) as pbx:
            what = Origination("Phone/bob", then, variables=(("ORDER", "7"),), account="sales")
            async with asyncio.TaskGroup() as group:
                dial = group.create_task(originate(pbx, what))
                await asyncio.sleep(1)
                phones["bob"].channel.datastore(ChannelSettings).call_groups = frozenset({3})
                what_rings = "" if extension == "picks" else "Phone/bob"
                picker = await begin(pbx, 2, extension, WHAT=what_rings)
                outcome = await dial
            assert outcome.status is DialStatus.ANSWER
            assert phones["bob"].told[-1] == "hangup ANSWERED_ELSEWHERE"
            followed = f"7 {picker.name}" if isinstance(then, RunDialplan) else "yes"
            assert pbx.global_variables == {"FOLLOWED": followed}
            assert (picker.variables["ORDER"], picker.account_code) == ("7", "sales")
            assert pbx.channels == {}, "what followed is over, and so is the call"

    run_virtual(main())


def test_a_program_gives_up_before_it_is_picked_up() -> None:
    async def main() -> None:
        phones = Phones(bob=None)
        sounds = FakeSounds({"long": 3.0})
        async with make_pbx(
            make_interpreter(CONF), technologies={"PHONE": phones}, sounds=sounds
        ) as pbx:
            pbx.datastore(Features).settings = FeatureSettings(pickup_sound="long")
            what = Origination("Phone/bob", RunApplication("Set", "GLOBAL(FOLLOWED)=yes"), within=3)
            async with asyncio.TaskGroup() as group:
                dial = group.create_task(originate(pbx, what))
                await asyncio.sleep(1)
                await begin(pbx, 2, "named", WHAT="Phone/bob")
                assert (await dial).status is DialStatus.NOANSWER
                await asyncio.sleep(3)
            assert pbx.global_variables == {"MISSED": "yes"}

    run_virtual(main())

"""SLATrunk() and SLAStation(): lines, keys and lamps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from switchroom.conference.shared_lines import LineConferences, SharedLines
from switchroom.config.language.reader import parse_config
from switchroom.config.sla import read_sla
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import HoldChanged
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceStateChanged, device_state
from tests.support.dialplan import make_interpreter
from tests.support.fakes import fake_stream, make_channel, make_pbx, run_virtual
from tests.support.phones import Phones

LINES = """\
[line1]
type=trunk
device=Phone/outside
autocontext=in1
{line1}
[line2]
type=trunk
device=Phone/outside
autocontext=in2
[ann]
type=station
device=Phone/ann
autocontext=keys
trunk=line1
trunk=line2
[bob]
type=station
device=Phone/bob
autocontext=keys
trunk=line1{key}
{bob}
"""


class Office:
    """Two lines, at ann's telephone both, at bob's the first."""

    def __init__(self, pbx: Pbx, phones: Phones) -> None:
        self.pbx = pbx
        self.phones = phones
        self.ended: dict[str, dict[str, str]] = {}
        self.told: list[str] = []
        pbx.events.subscribe(DeviceStateChanged, self._note)

    def _note(self, event: DeviceStateChanged) -> None:
        kind, _, key = event.device.partition(":")
        if kind == "SLA":
            self.told.append(f"{key} {event.state}")

    async def call(self, name: str, context: str, extension: str) -> Channel:
        channel = make_channel(self.pbx, name=f"Phone/{name}", context=context, extension=extension)
        channel.at_end(lambda: self.ended.__setitem__(name, dict(channel.variables)))
        self.pbx.start(channel)
        await asyncio.sleep(1)
        return channel

    async def press(self, key: str) -> Channel:
        """A telephone calls what one of its keys stands for."""
        return await self.call(f"{key}-{self.pbx.next_sequence('key')}", "keys", key)

    async def comes_in(self, line: str = "1") -> Channel:
        return await self.call(f"caller{line}", f"in{line}", "s")

    async def holds(self, channel: Channel) -> None:
        self.pbx.events.publish(HoldChanged(channel.name, channel.unique_id, is_held=True))
        await asyncio.sleep(1)

    def lamps(self) -> str:
        keys = ("ann_line1", "bob_line1", "ann_line2")
        return " ".join(device_state(self.pbx, f"SLA:{key}") for key in keys)

    def talk(self, *channels: Channel) -> bool:
        """Whether these, and nobody else, are in one conference."""
        streams = {fake_stream(channel) for channel in channels}
        mixes = {stream.mix for stream in streams}
        (mix,) = mixes
        return mix is not None and set(mix.seats) == streams

    def ringing(self) -> list[str]:
        calls = (call for call in self.phones.calls if not call.channel.is_hung_up)
        return [call.channel.name.partition("-")[0] for call in calls]


def tell(
    story: Callable[[Office], Awaitable[None]],
    *,
    phones: Phones | None = None,
    general: str = "",
    **more: str,
) -> Office:
    told: list[Office] = []

    async def main() -> None:
        known = phones or Phones(ann=None, bob=None, outside=0)
        interpreter = make_interpreter("[default]\nexten => 1,1,NoOp()\n")
        async with make_pbx(interpreter, technologies={"PHONE": known}) as pbx:
            values = {"line1": "", "bob": "", "key": "", **more}
            config = read_sla(parse_config(f"[general]\n{general}\n{LINES.format(**values)}"))
            pbx.datastore(SharedLines).use(pbx, config)
            office = Office(pbx, known)
            told.append(office)
            await story(office)
            for channel in list(pbx.channels.values()):
                channel.hangup()
            await asyncio.sleep(5)
            assert not pbx.channels
            assert not pbx.datastore(LineConferences)
            assert office.lamps() == "NOT_INUSE NOT_INUSE NOT_INUSE"
            assert all(s.idle.is_set() for s in pbx.datastore(SharedLines).stations.values())

    run_virtual(main())
    return told[0]


def test_a_call_rings_at_all_stations_and_one_answers() -> None:
    async def story(office: Office) -> None:
        caller = await office.comes_in()
        assert office.lamps() == "RINGING RINGING NOT_INUSE"
        assert office.ringing() == ["Phone/ann", "Phone/bob"]
        bob = office.phones["bob"]
        bob.answers()
        await asyncio.sleep(1)
        assert office.ringing() == ["Phone/bob"], "ann's telephone is silent again"
        assert office.lamps() == "INUSE INUSE NOT_INUSE"
        assert office.talk(caller, bob.channel)
        bob.hangs_up()
        await asyncio.sleep(1)
        assert caller.is_hung_up
        assert office.ended["caller1"]["SLATRUNK_STATUS"] == "SUCCESS"

    office = tell(story)
    assert office.told == [
        "ann_line1 RINGING", "bob_line1 RINGING", "ann_line1 INUSE", "bob_line1 INUSE",
        "ann_line1 NOT_INUSE", "bob_line1 NOT_INUSE",
    ]  # fmt: skip


def test_the_caller_hangs_up() -> None:
    async def story(office: Office) -> None:
        caller = await office.comes_in()
        caller.hangup()
        await asyncio.sleep(1)
        assert office.ringing() == []
        assert office.ended["caller1"]["SLATRUNK_STATUS"] == "UNANSWERED"
        caller = await office.comes_in()
        ann = office.phones["ann"]
        ann.answers()
        await asyncio.sleep(1)
        caller.hangup()
        await asyncio.sleep(1)
        assert ann.channel.is_hung_up
        assert office.ended["caller1"]["SLATRUNK_STATUS"] == "SUCCESS"

    tell(story)


def test_the_time_of_a_line() -> None:
    async def story(office: Office) -> None:
        await office.comes_in()
        await asyncio.sleep(8)
        assert office.ringing() == ["Phone/ann", "Phone/bob"]
        await asyncio.sleep(2)
        assert office.ringing() == []
        assert office.ended["caller1"]["SLATRUNK_STATUS"] == "RINGTIMEOUT"

    tell(story, line1="ringtimeout=10")


def test_a_line_has_one_call() -> None:
    async def story(office: Office) -> None:
        await office.comes_in()
        await office.call("second", "in1", "s")
        assert office.ended["second"]["SLATRUNK_STATUS"] == "FAILURE"

    tell(story)


def test_a_station_that_rings_later_and_not_for_long() -> None:
    async def story(office: Office) -> None:
        await office.comes_in()
        assert office.ringing() == ["Phone/ann"]
        await asyncio.sleep(5)
        assert office.ringing() == ["Phone/ann", "Phone/bob"]
        await asyncio.sleep(7)
        assert office.ringing() == ["Phone/ann"]

    tell(story, key=",ringdelay=5,ringtimeout=6")


def test_two_lines_ring_one_telephone_once_and_again() -> None:
    async def story(office: Office) -> None:
        first = await office.comes_in("1")
        second = await office.comes_in("2")
        assert office.ringing() == ["Phone/ann", "Phone/bob"]
        ann = office.phones["ann"]
        ann.answers()
        await asyncio.sleep(1)
        assert office.talk(first, ann.channel)
        assert office.lamps() == "INUSE INUSE RINGING"
        ann.hangs_up()
        await asyncio.sleep(1)
        assert office.ringing() == ["Phone/ann"], "the other line has it ring again"
        office.phones["ann"].answers()
        await asyncio.sleep(1)
        assert office.talk(second, office.phones["ann"].channel)

    tell(story)


def test_a_telephone_that_declines_is_let_alone() -> None:
    async def story(office: Office) -> None:
        await office.comes_in()
        office.phones["ann"].hangs_up()
        await asyncio.sleep(30)
        assert office.ringing() == ["Phone/bob"]

    tell(story)


def test_the_key_of_a_line_that_rings_answers_it() -> None:
    async def story(office: Office) -> None:
        caller = await office.comes_in()
        ann = await office.press("ann_line1")
        assert office.talk(caller, ann)
        assert office.ringing() == []

    tell(story)


def test_a_call_out_takes_a_line_and_keys_dial_on_it() -> None:
    async def story(office: Office) -> None:
        bob = await office.press("bob_line1")
        outside = office.phones["outside"]
        assert office.talk(bob, outside.channel)
        assert office.lamps() == "INUSE INUSE NOT_INUSE"
        fake_stream(bob).key("7")
        await asyncio.sleep(1)
        assert outside.heard == ["7"]
        outside.hangs_up()
        await asyncio.sleep(1)
        assert bob.is_hung_up
        assert next(iter(office.ended.values()))["SLASTATION_STATUS"] == "SUCCESS"

    tell(story)


def test_a_station_without_a_key_takes_what_rings_or_is_free() -> None:
    async def story(office: Office) -> None:
        await office.press("bob_line1")
        await office.press("ann")
        assert office.lamps() == "INUSE INUSE INUSE"
        await office.press("bob")
        bob = list(office.ended.values())[-1]
        assert bob["SLASTATION_STATUS"] == "CONGESTION"

    tell(story)


def test_a_line_that_cannot_be_had() -> None:
    async def story(office: Office) -> None:
        await office.press("bob_line1")
        assert office.lamps() == "NOT_INUSE NOT_INUSE NOT_INUSE"
        assert next(iter(office.ended.values()))["SLASTATION_STATUS"] == "CONGESTION"
        await office.press("ann")
        assert office.lamps() == "NOT_INUSE NOT_INUSE NOT_INUSE"

    tell(story, phones=Phones(ann=None, bob=None))


def test_who_gives_up_while_the_line_is_dialled_leaves_it_free() -> None:
    async def story(office: Office) -> None:
        bob = await office.press("bob_line1")
        assert office.lamps() == "INUSE INUSE NOT_INUSE"
        bob.hangup()
        await asyncio.sleep(1)
        assert office.lamps() == "NOT_INUSE NOT_INUSE NOT_INUSE"
        assert office.ringing() == []

    tell(story, phones=Phones(ann=None, bob=None, outside=None))


@pytest.mark.parametrize(("barge", "is_let_in"), [("yes", True), ("no", False)])
def test_joining_a_call(barge: str, *, is_let_in: bool) -> None:
    async def story(office: Office) -> None:
        bob = await office.press("bob_line1")
        outside = office.phones["outside"].channel
        ann = await office.press("ann_line1")
        assert ann.is_hung_up is not is_let_in
        assert office.talk(bob, outside, *([ann] if is_let_in else []))
        if is_let_in:
            bob.hangup()
            await asyncio.sleep(1)
            assert office.talk(ann, outside), "the call goes on for the other"

    tell(story, line1=f"barge={barge}")


def has_music(channel: Channel) -> bool:
    return fake_stream(channel).background.name is not None


def test_hold_and_back() -> None:
    async def story(office: Office) -> None:
        caller = await office.comes_in()
        bob = office.phones["bob"]
        bob.answers()
        await asyncio.sleep(1)
        await office.holds(bob.channel)
        assert bob.channel.is_hung_up, "his key brings the call back"
        assert not caller.is_hung_up
        assert has_music(caller)
        assert office.lamps() == "ONHOLD ONHOLD NOT_INUSE"
        again = await office.press("bob_line1")
        assert office.talk(caller, again)
        assert not has_music(caller)
        assert office.lamps() == "INUSE INUSE NOT_INUSE"

    tell(story)


@pytest.mark.parametrize(
    ("line", "bob", "is_let_in"), [("", "", True), ("hold=private", "", False), ("", "hold=private", False)]
)  # fmt: skip
def test_what_another_has_on_hold(line: str, bob: str, *, is_let_in: bool) -> None:
    async def story(office: Office) -> None:
        caller = await office.comes_in()
        phone = office.phones["bob"]
        phone.answers()
        await asyncio.sleep(1)
        await office.holds(phone.channel)
        ann = await office.press("ann_line1")
        assert ann.is_hung_up is not is_let_in
        assert office.lamps() == (
            "INUSE INUSE NOT_INUSE" if is_let_in else "ONHOLD ONHOLD NOT_INUSE"
        )
        if not is_let_in:
            assert office.talk(caller, await office.press("bob_line1"))

    tell(story, line1=line, bob=bob)


def test_hold_while_another_talks_on() -> None:
    async def story(office: Office) -> None:
        ann = await office.press("ann_line1")
        bob = await office.press("bob_line1")
        outside = office.phones["outside"].channel
        await office.holds(bob)
        assert office.talk(ann, outside)
        assert not has_music(outside)
        assert office.lamps() == "INUSE ONHOLD NOT_INUSE"
        ann.hangup()
        await asyncio.sleep(1)
        assert has_music(outside), "bob has it still"
        outside.hangup()
        await asyncio.sleep(1)
        assert office.lamps() == "NOT_INUSE NOT_INUSE NOT_INUSE"

    tell(story)


def test_names_that_are_none() -> None:
    async def story(office: Office) -> None:
        lines = "exten => 1,1,SLAStation(carol)\n same => n,Set(DB(t/s)=${SLASTATION_STATUS})\n"
        lines += " same => n,SLATrunk(line9)\n same => n,Set(DB(t/t)=${SLATRUNK_STATUS})\n"
        office.pbx.dialplan = make_interpreter(f"[default]\n{lines}")
        await office.call("x", "default", "1")
        get = office.pbx.astdb.get
        assert (get("t", "s"), get("t", "t")) == ("FAILURE", "FAILURE")
        assert device_state(office.pbx, "SLA:ann_line9") == "INVALID"

    tell(story)


@pytest.mark.parametrize(("general", "shown"), [("", "ann_line1"), ("attemptcallerid=yes", "555")])
def test_who_calls_is_shown_where_that_is_wanted(general: str, shown: str) -> None:
    async def story(office: Office) -> None:
        channel = make_channel(office.pbx, name="Phone/x", context="in1", extension="s")
        channel.caller.number = "555"
        office.pbx.start(channel)
        await asyncio.sleep(1)
        assert office.phones["ann"].channel.connected.number == shown

    tell(story, general=general)


def test_a_reload_keeps_calls() -> None:
    async def story(office: Office) -> None:
        caller = await office.comes_in()
        bob = office.phones["bob"]
        bob.answers()
        await asyncio.sleep(1)
        lines = office.pbx.datastore(SharedLines)
        only = "[line1]\ntype=trunk\ndevice=Phone/outside\n"
        only += "[bob]\ntype=station\ndevice=Phone/bob\ntrunk=line1\n"
        config = lines.config
        lines.use(office.pbx, read_sla(parse_config(only)))
        assert device_state(office.pbx, "SLA:bob_line1") == "INUSE"
        assert device_state(office.pbx, "SLA:ann_line1") == "INVALID"
        assert office.talk(caller, bob.channel)
        lines.use(office.pbx, config)

    tell(story)

"""A phone that has not confirmed a CANCEL still rings: nobody takes it for free."""

import asyncio
from collections.abc import Callable

import pytest

from switchroom.channels.sip.leaving import LONGEST
from switchroom.pbx.states.device_state import DeviceState, DeviceStateChanged, device_state
from switchroom.pbx.states.device_watch import DeviceStates
from switchroom.sip.events import SessionEnded
from tests.channels.sip_far_end import Side, play

PHONES = "".join(
    f"[{name}]\ntype=endpoint\ncontext=in\nallow=ulaw\naors={name}\n"
    f"[{name}]\ntype=aor\ncontact=sip:{name}@127.0.0.1:{{far}}\n"
    for name in ("alice", "bob")
)
DIALPLAN = "[in]\nexten => 2,1,Dial(PJSIP/bob,30)\n"
BOB = "PJSIP/bob"


class Slow:
    """Holds up what the far end gets, from a word on."""

    def __init__(self, side: Side, word: bytes) -> None:
        self.held: list[Callable[[], None]] = []
        received = side.far.driver.received

        def take(data: bytes, flow: object) -> None:
            if data.startswith(word):
                self.held.append(lambda: received(data, flow))  # type: ignore[arg-type]  # as it came
            else:
                received(data, flow)  # type: ignore[arg-type]  # as it came

        side.far.driver.received = take  # type: ignore[method-assign]  # a slow phone

    def let_go(self) -> None:
        for each in self.held:
            each()


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_phone_is_free_once_it_has_confirmed_the_cancel(*, is_answered: bool) -> None:
    async def story(side: Side) -> None:
        states: list[DeviceState] = []
        side.pbx.datastore(DeviceStates).watch(side.pbx)
        side.pbx.events.subscribe(
            DeviceStateChanged, lambda e: states.append(e.state) if e.device == BOB else None
        )
        side.far.on_invite = lambda session: session.provisional(180, now=side.far.now)
        slow = Slow(side, b"CANCEL")
        alice = side.far.invite(side.uri("2"), side.flow)
        await side.far.until(lambda: DeviceState.RINGING in states)
        alice.end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: not side.pbx.channels)
        began = side.far.now
        assert device_state(side.pbx, BOB) is DeviceState.RINGING
        if is_answered:
            await asyncio.sleep(1.0)
            assert device_state(side.pbx, BOB) is DeviceState.RINGING
            slow.let_go()
        await side.far.until(lambda: states[-1] is DeviceState.NOT_INUSE)
        waited = side.far.now - began
        assert waited == pytest.approx(1.0 if is_answered else LONGEST, abs=0.2)
        assert device_state(side.pbx, BOB) is DeviceState.NOT_INUSE
        assert states == [DeviceState.NOT_INUSE, DeviceState.RINGING, DeviceState.NOT_INUSE]
        slow.let_go()

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_call_that_ends_at_once_leaves_nothing_to_wait_for() -> None:
    async def story(side: Side) -> None:
        side.far.on_invite = lambda session: session.refuse(486, now=side.far.now)
        alice = await side.far.call(side.uri("2"), side.flow)
        assert isinstance(side.far.outcome(alice), SessionEnded)
        assert not side.service.leaving.has(BOB)
        assert device_state(side.pbx, BOB) is DeviceState.NOT_INUSE

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_phone_that_never_rang_stays_as_it_was() -> None:
    async def story(side: Side) -> None:
        states: list[DeviceState] = []
        side.pbx.datastore(DeviceStates).watch(side.pbx)
        side.pbx.events.subscribe(
            DeviceStateChanged, lambda e: states.append(e.state) if e.device == BOB else None
        )
        slow = Slow(side, b"INVITE")
        alice = side.far.invite(side.uri("2"), side.flow)
        await side.far.until(lambda: bool(slow.held))
        alice.end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: not side.pbx.channels)
        assert not side.service.leaving.has(BOB)
        assert set(states) <= {DeviceState.NOT_INUSE}

    play(story, PHONES, dialplan=DIALPLAN)

"""Groups, the pickup code, limits, music and parking lamps of configured phones, over a socket."""

import asyncio

from switchroom.config.language.reader import parse_config
from switchroom.config.parking import read_parking
from switchroom.parking.lots import lots_of
from switchroom.pbx.call_completion import CallCompletions
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.states.device_state import DeviceState, device_state
from switchroom.sip.events import SessionAnswered, SessionEnded
from switchroom.sip.session import Session
from tests.channels.sip_far_end import Side, play
from tests.channels.test_sip_calls import Called
from tests.channels.test_sip_subscriptions import Phone, states

PHONES = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
pickup_group=1,3-4
named_pickup_group=sales
call_group=7
device_state_busy_at=2
moh_suggest=jazz
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
allow=ulaw
aors=bob
call_group=3
named_call_group=desk,sales
tone_zone=uk
[bob]
type=aor
contact=sip:bob@127.0.0.1:{far}
"""
OLD = """\
[carl]
type=user
host=127.0.0.1
port={far}
context=in
callgroup=2
pickupgroup=5
namedpickupgroup=night
parkinglot=plaza
cc_agent_policy=generic
cc_offer_timer=9
mohinterpret=own
call-limit=1
busylevel=1
"""
DIALPLAN = """\
[in]
include => parkedcalls
exten => 1,1,Answer()
 same => n,Wait(60)
exten => 2,1,Dial(PJSIP/bob,20)
exten => 4,1,Dial(SIP/carl,20)
 same => n,Set(DB(t/r)=${DIALSTATUS} ${HANGUPCAUSE})
"""


class Rings(Called):
    """Rings and does not answer."""

    def invite(self, session: Session) -> None:
        self.sessions.append(session)
        session.provisional(180, now=self._side.far.now)


def settings(channel: Channel) -> ChannelSettings:
    return channel.datastore(ChannelSettings)


def named(side: Side, beginning: str) -> Channel:
    return next(c for n, c in side.pbx.channels.items() if n.startswith(beginning))


def test_channels_have_the_groups_of_their_endpoints() -> None:
    async def story(side: Side) -> None:
        Rings(side)
        side.far.invite(side.uri("2"), side.flow)
        side.far.invite(side.uri("4"), side.flow)
        await side.far.until(lambda: len(side.pbx.channels) == 4)
        alice = settings(named(side, "PJSIP/alice"))
        bob = settings(named(side, "PJSIP/bob"))
        carl = settings(named(side, "SIP/carl"))
        assert (alice.call_groups, alice.pickup_groups) == (frozenset({7}), frozenset({1, 3, 4}))
        assert alice.named_pickup_groups == ("sales",)
        assert (bob.named_call_groups, bob.tone_zone) == (("desk", "sales"), "uk")
        assert (carl.call_groups, carl.pickup_groups) == (frozenset({2}), frozenset({5}))
        assert carl.parking_lot == "plaza"
        completions = side.pbx.datastore(CallCompletions)
        wanted = completions.parameters_of(named(side, "SIP/carl"))
        assert (wanted.agent_policy, wanted.offer_timer) == ("generic", 9.0)
        assert (carl.named_pickup_groups, carl.music_class) == (("night",), "own")

    play(story, PHONES, dialplan=DIALPLAN, sip=OLD)


def test_the_pickup_code_answers_a_call_of_the_group_without_a_dialplan() -> None:
    async def story(side: Side) -> None:
        called = Rings(side)
        caller = side.far.invite(side.uri("2"), side.flow)
        await side.far.until(lambda: called.sessions)
        await asyncio.sleep(1)
        picker = await side.far.call(side.uri("*8"), side.flow)
        assert isinstance(side.far.outcome(picker), SessionAnswered)
        await side.far.until(lambda: side.far.outcome(caller))
        assert isinstance(side.far.outcome(caller), SessionAnswered)
        (rang,) = called.sessions
        await side.far.until(lambda: rang.is_ended)
        request = next(
            e for e in side.far.events if isinstance(e, SessionEnded) and e.session is rang
        )
        assert request.cause == int(HangupCause.ANSWERED_ELSEWHERE)

    play(story, PHONES, dialplan=DIALPLAN)


def test_with_nothing_to_pick_up_the_code_ends() -> None:
    async def story(side: Side) -> None:
        picker = await side.far.call(side.uri("*8"), side.flow)
        await side.far.until(lambda: picker.is_ended)
        assert not side.pbx.channels

    play(story, PHONES, dialplan=DIALPLAN)


def test_an_endpoint_is_busy_from_a_number_of_calls_on() -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri("1"), side.flow)
        assert device_state(side.pbx, "PJSIP/alice") is DeviceState.INUSE
        await side.far.call(side.uri("1"), side.flow)
        assert device_state(side.pbx, "PJSIP/alice") is DeviceState.BUSY

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_peer_has_no_more_calls_than_it_may() -> None:
    async def story(side: Side) -> None:
        Called(side)
        await side.far.call(side.uri("4"), side.flow)
        assert device_state(side.pbx, "SIP/carl") is DeviceState.BUSY
        await side.far.call(side.uri("4"), side.flow)
        assert side.pbx.astdb.get("t", "r") == "BUSY 17"
        own = await side.far.call(side.uri("1"), side.flow, sender="sip:carl@127.0.0.1")
        outcome = side.far.outcome(own)
        assert isinstance(outcome, SessionEnded)
        assert outcome.status == 480

    play(story, PHONES, dialplan=DIALPLAN, sip=OLD)


def test_lamps_show_parking_spaces() -> None:
    async def story(side: Side) -> None:
        text = "[default]\nparkext = 700\nparkpos = 701-702\nparkinghints = yes\n"
        lots_of(side.pbx).use(read_parking(parse_config(text)))
        lots_of(side.pbx).add_extensions(side.pbx)
        phone = Phone(side)
        response = await phone.subscribe("701", "dialog")
        assert response.status == 200
        await phone.until(1)
        parked = await side.far.call(side.uri("700"), side.flow)
        await phone.until(2)
        parked.end(now=side.far.now)
        side.far.pump()
        bodies = await phone.until(3)
        assert states(bodies) == ["terminated", "confirmed", "terminated"]

    play(story, PHONES, dialplan=DIALPLAN)

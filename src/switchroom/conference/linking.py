"""Conferences of several systems that are one: ``link`` in a bridge profile.

While people are in a conference it keeps one leg to each conference that is named there. A leg is a
call like others; over it both ends tell each other what :mod:`~switchroom.conference.link_state`
needs, as texts within the call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from switchroom.conference.actions import perform
from switchroom.conference.attendance import Attendance
from switchroom.conference.conference import Conference
from switchroom.conference.link_state import LegState, LinkState
from switchroom.conference.room import Leaving, Member
from switchroom.config.confbridge import Menu, UserProfile
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.channel_search import device_of
from switchroom.pbx.dialing import Dialing
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.texting import ChannelText, next_text, send_text

logger = logging.getLogger(__name__)

HELLO = 5.0  #: seconds between two texts over a leg
SILENCE = 16.0  #: seconds without one after which the other end is gone
FOREIGN_AFTER = 3.0  #: seconds without the first one after which there is something else
RING_WITHIN = 15.0  #: seconds
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  #: seconds before a leg that failed is made again

_LEG = UserProfile(name="link", quiet=True, tells_only=False)


def _device(target: str) -> str:
    """What calls from a link's target are named after: ``PJSIP/600@berlin`` is ``PJSIP/berlin``."""
    technology, _, resource = target.partition("/")
    return f"{technology}/{resource.partition('/')[0].rpartition('@')[2]}".lower()


def is_link(channel: Channel, links: tuple[str, ...]) -> bool:
    """Whether a call comes from a conference that is linked."""
    return bool(links) and device_of(channel).lower() in map(_device, links)


class _Kept:
    """Of one conference."""

    def __init__(self) -> None:
        self.linking: Linking | None = None


def linking_of(conference: Conference) -> Linking:
    """The links of a conference, begun when first asked for."""
    kept = conference.datastore(_Kept)
    if kept.linking is None:
        kept.linking = Linking(conference)
    return kept.linking


class Linking:
    """The legs of one conference.

    Args:
        conference: Which; its profile names the links.
    """

    def __init__(self, conference: Conference) -> None:
        self.conference = conference
        self.state = LinkState(conference.id)
        self.legs: dict[Channel, Attendance] = {}
        self._people = 0
        self._resting: set[str] = set()  # devices where nobody is left
        self._changed = asyncio.Event()
        conference.on_change.append(self._look)
        tasks = [
            conference.pbx.spawn(self._keep(target), name=f"link to {target}")
            for target in conference.profile.links
        ]
        conference.at_end(lambda: [task.cancel() for task in tasks])

    # what the conference tells

    def _look(self) -> None:
        """Somebody came or went."""
        people = self.conference.room.people
        if people > self._people:
            self._resting.clear()
        self._people = people
        if self.state.set_people(people):
            self._tell()
        self._wake()

    # one leg

    async def take(self, channel: Channel, *, is_ours: bool = False) -> Leaving:
        """Let a leg take part until it is over; in its task."""
        conference = self.conference
        member = Member(channel.name, _LEG, is_link=True, people_behind=0, is_blocked=True)
        attendance = Attendance(
            conference, channel, member, await channel.stream(), menu=Menu("link"), perform=perform
        )
        self.legs[channel] = attendance
        self.state.add(channel, is_ours=is_ours)
        texts = conference.pbx.spawn(self._listen(channel), name=f"link {channel.name}")
        try:
            return await attendance.stay()
        finally:
            texts.cancel()
            self._drop(channel)

    def _drop(self, channel: Channel) -> None:
        """A leg is down."""
        was_surplus = self.state.states().get(channel) is LegState.SURPLUS
        del self.legs[channel]
        news = self.state.remove(channel)
        device = device_of(channel).lower()
        ended = channel.is_hung_up and channel.hangup_cause is HangupCause.NORMAL_CLEARING
        if ended and not (was_surplus or self._has_leg(device)):
            self._resting.add(device)  # nobody is left there; whoever comes next there calls us
        self._apply()
        if news:
            self._tell()

    async def _listen(self, channel: Channel) -> None:
        loop = asyncio.get_running_loop()
        began_at, heard_at, said_at = loop.time(), 0.0, -HELLO
        while True:
            if loop.time() - said_at >= HELLO:
                self._say(channel)
                said_at = loop.time()
            text = await next_text(channel, FOREIGN_AFTER if not heard_at else HELLO)
            if text is not None and self._hear(channel, text.body):
                heard_at = loop.time()
            elif not heard_at and loop.time() - began_at >= FOREIGN_AFTER:
                self.state.give_up(channel)
                self._apply()
            if heard_at and loop.time() - heard_at > SILENCE:
                logger.warning("%s: the linked conference says nothing any more", channel.name)
                channel.hangup(HangupCause.RECOVERY_ON_TIMER_EXPIRE)
                return

    def _hear(self, channel: Channel, text: str) -> bool:
        try:
            news = self.state.hear(channel, text)
        except ValueError as error:
            logger.debug("%s: %s", channel.name, error)
            return False
        self._apply()
        if news:
            self._tell()
        return True

    def _tell(self) -> None:
        self._apply()
        for channel in list(self.legs):
            self._say(channel)

    def _say(self, channel: Channel) -> None:
        send_text(channel, ChannelText(self.state.text()))

    def _apply(self) -> None:
        """Let each leg be what the picture says."""
        room, states = self.conference.room, self.state.states()
        for channel, attendance in list(self.legs.items()):
            state, member = states.get(channel), attendance.member
            if state is LegState.SURPLUS:
                attendance.expel(Leaving.HANGUP)
                continue
            if member.is_blocked != (state is not LegState.OPEN):
                member.is_blocked = state is not LegState.OPEN
                attendance.seat()
            behind = self.state.people_behind(channel)
            if behind != member.people_behind:
                self.conference.carry_out(room.tell_behind(member, behind))
        self._wake()

    def _wake(self) -> None:
        """Let all who wait for something look again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    # keeping them

    def _has_leg(self, device: str) -> bool:
        return any(device_of(channel).lower() == device for channel in self.legs)

    async def _keep(self, target: str) -> None:
        """Have one leg to a target while people are here."""
        device, failures = _device(target), 0
        while True:
            await self._until(lambda: self._is_missing(device))
            if await self._call(target):
                failures = 0
            if self._is_missing(device):
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1

    def _is_missing(self, device: str) -> bool:
        return self._people > 0 and device not in self._resting and not self._has_leg(device)

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            changed = self._changed
            await changed.wait()

    async def _call(self, target: str) -> bool:
        """Make a leg, and stay until it is down; returns whether it was up."""
        try:
            channel = await self.conference.pbx.request(target)
        except RequestError as error:
            logger.warning("conference %s: link to %s: %s", self.conference.name, target, error)
            return False
        channel.caller.name = channel.connected.name = f"conference {self.conference.name}"
        outcome = await Dialing(None, application="AppDial2").run([channel], within=RING_WITHIN)
        if outcome.answered is None:
            logger.info("conference %s: no link to %s", self.conference.name, target)
            return False
        try:
            await borrow(channel, self._take_ours(channel))
        finally:
            channel.hangup()
        return True

    async def _take_ours(self, channel: Channel) -> None:
        await self.take(channel, is_ours=True)

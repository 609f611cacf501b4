"""One call in its parking space, until somebody comes or it is over. No application itself."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from switchroom.apps.dialing.call import DialCall
from switchroom.apps.dialing.options import DialOptions
from switchroom.apps.prompts import play_prompts
from switchroom.config.parking import LotSettings
from switchroom.dialplan.options import option
from switchroom.dialplan.places import parse_place
from switchroom.media.saying.registry import language_for
from switchroom.parking.events import ParkingChange, ParkingChanged
from switchroom.parking.lot import Lot, Parked
from switchroom.parking.lots import lots_of, tell_space
from switchroom.pbx.bridging.bridge import Bridge, Departure, Left, Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.feature_codes import Rights
from switchroom.pbx.holding import begin_hold, end_hold
from switchroom.pbx.records.cdr_recorder import recorder_of
from switchroom.pbx.ringing import Ringback

logger = logging.getLogger(__name__)

COMEBACK_DIAL_CONTEXT = "park-dial"  #: where a call stands while its parker is called


@dataclass(frozen=True, slots=True)
class ParkOptions:
    """Option letters of Park."""

    ringing: bool = option("r", "Ringing instead of music.")
    random: bool = option("R", "A free space by chance.")
    silent: bool = option("s", "Do not say the space.")
    comes_back: str = option("c", "Where the call goes when nobody fetched it.", default="")
    seconds: float = option("t", "Seconds until then, instead of the lot's.", default=0.0)


NO_OPTIONS = ParkOptions()


class ParkingSpace:
    """One call that stands in a space.

    Args:
        channel: Its; :meth:`run` is awaited in its task.
        lot: Where.
        space: A free one.
        parker: The device of who parks it, ``PJSIP/100``.
        options: Option letters of Park().
    """

    def __init__(
        self, channel: Channel, lot: Lot[Party], space: int, parker: str, options: ParkOptions
    ) -> None:
        self._channel = channel
        self._lot = lot
        self._options = options
        self._parked = Parked(Party(channel), space, now(), None, parker)
        self._within = options.seconds or lot.settings.parking_time

    async def run(self, *, says_space: bool) -> None:
        """Stand there; the channel is hung up, or goes on elsewhere, when it is over.

        Args:
            says_space: The channel itself hears where it stands.
        """
        channel, lot, parked = self._channel, self._lot, self._parked
        parked.ends_at = parked.parked_at + self._within if self._within > 0 else None
        lot.park(parked)
        channel.set_variable("PARKEDAT", str(parked.space))
        logger.info("%s is parked in %s of %s", channel.name, parked.space, lot.settings.name)
        self._tell(ParkingChange.PARKED)
        recorder = recorder_of(channel.pbx)
        if recorder is not None:
            recorder.book.parked(channel.name, lot.settings.name)
        left = Left(Departure.PEER_LEFT)
        try:
            left = await self._stand(says_space=says_space)
        finally:
            if lot.leave(parked):
                ended = left.why is Departure.ENDED
                self._tell(ParkingChange.TIMED_OUT if ended else ParkingChange.GAVE_UP)
            lots_of(channel.pbx).forget_made(lot)
        if left.why is not Departure.ENDED:
            channel.hangup(left.cause)  # it was fetched, and the conversation is over
        elif not channel.is_hung_up:
            await self._come_back()

    async def _stand(self, *, says_space: bool) -> Left:
        channel, parked = self._channel, self._parked
        bridge = Bridge(channel.pbx, keeps_one=True)
        ringback = Ringback(channel) if self._options.ringing else None
        timer: asyncio.TimerHandle | None = None
        try:
            await bridge.join(parked.call)
            if says_space:
                await say_space(channel, parked.space)
            if len(bridge.parties) == 1:
                if ringback is not None:
                    ringback.start_now()
                else:
                    await begin_hold(channel, self._lot.settings.music)
            if parked.ends_at is not None:
                left = max(0.0, parked.ends_at - now())
                loop = asyncio.get_running_loop()
                timer = loop.call_later(left, _time_is_up, bridge, parked)
            return await parked.call.stay()
        finally:
            if timer is not None:
                timer.cancel()
            if ringback is not None:
                ringback.stop()
            end_hold(channel)
            if parked.call.bridge is not None:  # cancelled while it heard the space
                parked.call.bridge.leave(parked.call)

    def _tell(self, change: ParkingChange) -> None:
        tell_parking(self._channel, self._lot, self._parked, change)

    async def _come_back(self) -> None:
        """Nobody fetched it: to whoever parked it, or where the lot or the option says."""
        channel, settings, parker = self._channel, self._lot.settings, self._parked.parker
        flat = parker.replace("/", "_")
        for name in ("PARKINGSLOT", "PARKING_SPACE"):
            channel.set_variable(name, str(self._parked.space))
        channel.set_variable("PARKEDLOT", settings.name)
        channel.set_variable("PARKER", parker)
        channel.set_variable("PARKER_FLAT", flat)
        if self._options.comes_back:
            channel.goto(*parse_place(channel, self._options.comes_back))
        elif settings.to_origin:
            channel.context, channel.extension = COMEBACK_DIAL_CONTEXT, flat
            channel.priority = 1
            channel.announce("Dial", f"{parker},{settings.dial_time:.0f},")
            await DialCall(channel, _comeback_options(settings)).run(parker, settings.dial_time)
        else:
            dialplan = channel.pbx.dialplan
            has_own = dialplan.exists(channel, flat, 1, settings.comeback_context)
            channel.goto(settings.comeback_context, flat if has_own else "s", 1)


def now() -> float:
    """By the loop's clock."""
    return asyncio.get_running_loop().time()


def _time_is_up(bridge: Bridge, parked: Parked[Party]) -> None:
    if parked.call.bridge is bridge and len(bridge.parties) == 1:
        bridge.end(Left(Departure.ENDED))


async def say_space(channel: Channel, space: int) -> None:
    """Say the digits of a space."""
    names = [
        name for digit in str(space) for name in language_for(channel.language).number(int(digit))
    ]
    await play_prompts(channel, names, "Park")


def tell_parking(
    channel: Channel,
    lot: Lot[Party],
    parked: Parked[Party],
    change: ParkingChange,
    fetcher: str = "",
) -> None:
    """Tell whoever listens what happened to a parked call, and lamps that its space changed."""
    pbx, settings = channel.pbx, lot.settings
    recorder = recorder_of(pbx)
    if recorder is not None and change is not ParkingChange.PARKED:
        recorder.book.unparked(parked.call.channel.name, now=pbx.now())
    tell_space(pbx, settings, parked.space)
    if pbx.events.wants(ParkingChanged):
        within = parked.ends_at - parked.parked_at if parked.ends_at is not None else 0.0
        parked_for = now() - parked.parked_at
        name, space = parked.call.channel.name, parked.space
        pbx.events.publish(
            ParkingChanged(
                change, name, settings.name, space, parked.parker, within, parked_for, fetcher
            )
        )


def rights_of(settings: LotSettings, who: str) -> Rights:
    """What ``caller`` (who fetches a call) or ``callee`` (who was parked) may do by codes."""
    may, both = settings.rights, {who, "both"}
    return Rights(
        transfer=may.transfers in both,
        disconnect=may.hangup in both,
        park=may.reparking in both,
        mix=may.recording in both,
    )


def _comeback_options(settings: LotSettings) -> DialOptions:
    """The parked one calls; who parked it is called."""
    parked, parker = rights_of(settings, "callee"), rights_of(settings, "caller")
    return DialOptions(
        calling_transfers=parked.transfer,
        calling_ends=parked.disconnect,
        calling_parks=parked.park,
        calling_mixes=parked.mix,
        called_transfers=parker.transfer,
        called_ends=parker.disconnect,
        called_parks=parker.park,
        called_mixes=parker.mix,
    )

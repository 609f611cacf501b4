"""Park(), ParkedCall(), ParkAndAnnounce(): let a call wait where anybody can fetch it.

Family: Calls
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from switchroom.apps.dial_call import DialCall
from switchroom.apps.dial_options import NO_OPTIONS
from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import ApplicationFailedError
from switchroom.base.text import leading_int
from switchroom.dialplan.options import option
from switchroom.dialplan.places import parse_place
from switchroom.dialplan.registry import application
from switchroom.media.saying.registry import language_for
from switchroom.parking.lot import Lot, Parked
from switchroom.parking.lots import find_lot
from switchroom.pbx.aside import Aside
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.bridge import Bridge, Departure, Left, Party
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.channel_search import device_of
from switchroom.pbx.dialing import Dialing
from switchroom.pbx.feature_codes import Rights, keys_of
from switchroom.pbx.holding import begin_hold, end_hold
from switchroom.pbx.introduction import introduce
from switchroom.pbx.ringing import Ringback

logger = logging.getLogger(__name__)

ANNOUNCEMENT_RINGS = 30.0  #: seconds that ParkAndAnnounce lets a phone ring


@dataclass(frozen=True, slots=True)
class ParkOptions:
    """Option letters of Park."""

    ringing: bool = option("r", "Ringing instead of music.")
    random: bool = option("R", "A free space by chance.")
    silent: bool = option("s", "Do not say the space.")
    comes_back: str = option("c", "Where the call goes when nobody fetched it.", default="")
    seconds: float = option("t", "Seconds until then, instead of the lot's.", default=0.0)


@application("Park")
async def park(channel: Channel, lot: str = "", options: ParkOptions = ParkOptions()) -> None:
    """Park this channel until somebody fetches it, and say where to whoever is heard.

    When nobody does, the phone that parked it is called, or the call goes to ``comebackcontext``.

    Args:
        channel: The channel.
        lot: The parking lot; empty: PARKINGLOT, the channel's, or ``default``.
        options: Option letters.

    Variables:
        PARKEDAT: The space.
        PARKINGSLOT: The space, when the call comes back.
        PARKEDLOT: The lot, when the call comes back.
        PARKER: Who parked it, when the call comes back.
        PARKER_FLAT: The same as an extension, ``PJSIP_100``.

    Examples:
        exten => 700,1,Park()
         same => n,Hangup()
    """
    found = find_lot(channel, lot)
    if found is None:
        raise ApplicationFailedError(f"Park: there is no parking lot {lot!r}")
    await channel.answer()
    space = _take_space(channel, found, options)
    if space is None:
        raise ApplicationFailedError(f"Park: parking lot {found.settings.name} is full")
    parker = channel.variables.get("BLINDTRANSFER", "").rpartition("-")[0] or device_of(channel)
    say = None if options.silent or "BLINDTRANSFER" in channel.variables else channel
    await _stand(channel, found, Parked(Party(channel), space, _now(), None, parker), options, say)


def _take_space(channel: Channel, lot: Lot[Party], options: ParkOptions) -> int | None:
    wanted = leading_int(channel.variables.get("PARKINGEXTEN", ""))
    if wanted is None and options.random:
        wanted = channel.pbx.chance.randint(lot.settings.first, lot.settings.last)
    return lot.find_space(wanted)


async def _stand(
    channel: Channel,
    lot: Lot[Party],
    parked: Parked[Party],
    options: ParkOptions,
    told: Channel | None,
) -> None:
    """Stand in a space until somebody comes, or it is over; in the channel's task."""
    within = options.seconds or lot.settings.parking_time
    parked.ends_at = parked.parked_at + within if within > 0 else None
    lot.park(parked)
    bridge = Bridge(channel.pbx, keeps_one=True)
    channel.set_variable("PARKEDAT", str(parked.space))
    logger.info("%s is parked in %s of %s", channel.name, parked.space, lot.settings.name)
    ringback = Ringback(channel) if options.ringing else None
    timer: asyncio.TimerHandle | None = None
    try:
        if told is not None:
            await _say_space(told, parked.space)
        await bridge.join(parked.call)
        if ringback is not None:
            ringback.start_now()
        else:
            await begin_hold(channel, lot.settings.music)
        if within > 0:
            loop = asyncio.get_running_loop()
            timer = loop.call_later(within, _time_is_up, bridge, parked)
        left = await parked.call.stay()
    finally:
        if timer is not None:
            timer.cancel()
        if ringback is not None:
            ringback.stop()
        lot.leave(parked)
        end_hold(channel)
    if left.why is not Departure.ENDED:
        channel.hangup(left.cause)  # it was fetched, and the conversation is over
    elif not channel.is_hung_up:
        await _come_back(channel, lot, parked, options)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _time_is_up(bridge: Bridge, parked: Parked[Party]) -> None:
    if parked.call.bridge is bridge and len(bridge.parties) == 1:
        bridge.end(Left(Departure.ENDED))


async def _say_space(channel: Channel, space: int) -> None:
    names = [
        name for digit in str(space) for name in language_for(channel.language).number(int(digit))
    ]
    await play_prompts(channel, names, "Park")


async def _come_back(
    channel: Channel, lot: Lot[Party], parked: Parked[Party], options: ParkOptions
) -> None:
    """Nobody fetched it: to whoever parked it, or where the lot or the option says."""
    settings = lot.settings
    flat = parked.parker.replace("/", "_")
    channel.set_variable("PARKINGSLOT", str(parked.space))
    channel.set_variable("PARKEDLOT", settings.name)
    channel.set_variable("PARKER", parked.parker)
    channel.set_variable("PARKER_FLAT", flat)
    if options.comes_back:
        channel.goto(*parse_place(channel, options.comes_back))
    elif settings.to_origin:
        await DialCall(channel, NO_OPTIONS).run(parked.parker, settings.dial_time)
    else:
        dialplan = channel.pbx.dialplan
        has_own = dialplan.exists(channel, flat, 1, settings.comeback_context)
        channel.goto(settings.comeback_context, flat if has_own else "s", 1)


@application("ParkedCall")
async def parked_call(channel: Channel, lot: str = "", space: str = "") -> None:
    """Fetch a parked call.

    Args:
        channel: The channel.
        lot: The parking lot; empty as with Park.
        space: Where the call stands; empty: the one that is there for longest.

    Examples:
        exten => _7XX,1,ParkedCall(,${EXTEN})
         same => n,Playback(pbx-invalidpark)
    """
    found = find_lot(channel, lot)
    await channel.answer()
    parked = found.take(leading_int(space)) if found is not None else None
    if found is None or parked is None or parked.call.bridge is None:
        await play_prompts(channel, ["pbx-invalidpark"], "ParkedCall")
        return
    settings, there = found.settings, parked.call
    end_hold(there.channel)
    if settings.courtesy_tone and settings.tone_to in {"caller", "both"}:
        await play_prompts(channel, [settings.courtesy_tone], "ParkedCall")
    if there.bridge is None:
        return  # hung up while the tone was heard
    may = settings.transfers
    there.keys = keys_of(there.channel, Rights(transfer=may in {"callee", "both"}))
    here = Party(channel, keys=keys_of(channel, Rights(transfer=may in {"caller", "both"})))
    bridge = there.bridge
    await bridge.join(here)
    bridge.settle()
    left = await here.stay()
    channel.hangup(left.cause)


@application("ParkAndAnnounce")
async def park_and_announce(
    channel: Channel,
    lot: str = "",
    options: ParkOptions = ParkOptions(),
    announcement: str = "",
    destination: str = "",
) -> None:
    """Park this channel, and call somebody to say where.

    Args:
        channel: The channel.
        lot: The parking lot; empty as with Park.
        options: Option letters.
        announcement: Prompts, joined by colons; ``PARKED`` says the space.
        destination: ``Technology/resource`` of who is told.

    Examples:
        exten => 701,1,ParkAndAnnounce(,,pbx-transfer:PARKED,PJSIP/100)
         same => n,Hangup()
    """
    found = find_lot(channel, lot)
    if found is None:
        raise ApplicationFailedError(f"ParkAndAnnounce: there is no parking lot {lot!r}")
    await channel.answer()
    space = _take_space(channel, found, options)
    if space is None:
        raise ApplicationFailedError(f"ParkAndAnnounce: {found.settings.name} is full")
    work = _announce(channel, space, announcement, destination)
    channel.pbx.spawn(work, name=f"announcement of {channel.name}")
    parked = Parked(Party(channel), space, _now(), None, device_of(channel))
    await _stand(channel, found, parked, options, None)


async def _announce(channel: Channel, space: int, announcement: str, destination: str) -> None:
    try:
        called = await channel.pbx.request(destination)
    except RequestError as error:
        logger.warning("%s: ParkAndAnnounce: %s", channel.name, error)
        return
    introduce(called, channel.caller.copy(), CallerId())
    dialing = Dialing(None, application="AppDial")
    if (await dialing.run([called], within=ANNOUNCEMENT_RINGS)).answered is None:
        return

    async def say() -> None:
        for name in announcement.split(":"):
            if name.strip().upper() == "PARKED":
                await _say_space(called, space)
            else:
                await play_prompts(called, [name.strip()], "ParkAndAnnounce")

    await borrow(called, say())
    called.hangup()


async def park_by_code(party: Party) -> None:
    """The party parks the other one, hears where, and is let go."""
    other = party.peer
    if other is None:
        return
    lot = find_lot(party.channel, "")
    space = lot.find_space() if lot is not None else None
    if lot is None or space is None:
        return
    aside = Aside(party)
    channel, parker = other.channel, device_of(party.channel)

    async def stand() -> None:
        parked = Parked(Party(channel), space, _now(), None, parker)
        await _stand(channel, lot, parked, ParkOptions(), None)

    aside.bridge.keeps_one = False
    channel.divert(stand)
    try:
        await borrow(party.channel, _say_space(party.channel, space))
    finally:
        aside.let_go()

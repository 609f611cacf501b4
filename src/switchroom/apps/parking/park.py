"""Park(), ParkedCall(), ParkAndAnnounce(): let a call wait where anybody can fetch it.

Family: Calls
"""

from __future__ import annotations

import asyncio
import logging

from switchroom.apps.parking.space import (
    NO_OPTIONS,
    ParkingSpace,
    ParkOptions,
    rights_of,
    say_space,
    tell_parking,
)
from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import ApplicationFailedError
from switchroom.base.text import leading_int
from switchroom.config.parking import LotSettings
from switchroom.dialplan.registry import application
from switchroom.parking.events import ParkingChange
from switchroom.parking.lot import Lot
from switchroom.parking.lots import find_lot
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.bridging.bridge import Party
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, HangupError, RequestError
from switchroom.pbx.channel_search import device_of
from switchroom.pbx.channel_settings import variable_of
from switchroom.pbx.dialing import Dialing
from switchroom.pbx.feature_codes import keys_of
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import end_hold
from switchroom.pbx.introduction import introduce
from switchroom.pbx.transfers.aside import Aside

logger = logging.getLogger(__name__)

ANNOUNCEMENT_RINGS = 30.0  #: seconds that ParkAndAnnounce lets a phone ring


@application("Park")
async def park(channel: Channel, lot: str = "", options: ParkOptions = NO_OPTIONS) -> None:
    """Park this channel until somebody fetches it, and say where to whoever is heard.

    When nobody does, the phone that parked it is called, or the call goes to ``comebackcontext``.

    Args:
        channel: The channel.
        lot: The parking lot; empty: PARKINGLOT, the channel's, or ``default``. One that there is
            not is made with ``parkeddynamic``, as PARKINGDYNAMIC (the lot to begin with),
            PARKINGDYNCONTEXT, PARKINGDYNEXTEN and PARKINGDYNPOS say.
        options: Option letters.

    Variables:
        PARKEDAT: The space.
        PARKINGSLOT: The space, when the call comes back.
        PARKING_SPACE: The same.
        PARKEDLOT: The lot, when the call comes back.
        PARKER: Who parked it, when the call comes back.
        PARKER_FLAT: The same as an extension, ``PJSIP_100``.

    Examples:
        exten => 700,1,Park()
         same => n,Hangup()
    """
    found, space = await _find_space(channel, lot, options, "Park")
    transferred = channel.variables.get("BLINDTRANSFER", "")
    parker = _parker(channel)
    says_space = not options.silent and not transferred
    await ParkingSpace(channel, found, space, parker, options).run(says_space=says_space)


def _parker(channel: Channel) -> str:
    """The device that is called when nobody fetches the call: who sent it here, or itself."""
    by = channel.variables.get("BLINDTRANSFER", "")
    if not by and channel.name.startswith("Local/"):
        # An attended transfer: this is the far half of the Local channel that asks, and parks.
        by = channel.variables.get("TRANSFERERNAME", "")
    return by.rpartition("-")[0] or device_of(channel)


async def _find_space(
    channel: Channel, name: str, options: ParkOptions, who: str
) -> tuple[Lot[Party], int]:
    """Answer, and find a free space.

    Raises:
        ApplicationFailedError: There is no such lot, or no space left in it.
    """
    lot = find_lot(channel, name, makes=True)
    if lot is None:
        raise ApplicationFailedError(f"{who}: there is no parking lot {name!r}")
    await channel.answer()
    wanted = leading_int(variable_of(channel, "PARKINGEXTEN"))
    if wanted is None and options.random:
        wanted = channel.pbx.chance.randint(lot.settings.first, lot.settings.last)
    space = lot.find_space(wanted)
    if space is None:
        raise ApplicationFailedError(f"{who}: parking lot {lot.settings.name} is full")
    return lot, space


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
    parked = found.find_call(leading_int(space)) if found is not None else None
    if found is None or parked is None or parked.call.bridge is None:
        await play_prompts(channel, ["pbx-invalidpark"], "ParkedCall")
        return
    found.leave(parked)
    there = parked.call
    tell_parking(channel, found, parked, ParkingChange.FETCHED, channel.name)
    end_hold(there.channel)
    here = Party(channel, keys=keys_of(channel, rights_of(found.settings, "caller")))
    try:
        await _play_courtesy(channel, there.channel, found.settings)
        if there.bridge is None:
            return  # hung up while the tone was heard
        there.keys = keys_of(there.channel, rights_of(found.settings, "callee"))
        await there.bridge.join(here)
    finally:
        if there.bridge is not None:
            there.bridge.settle()  # alone it is over: who fetched it has gone, and nobody else can
    left = await here.stay()
    channel.hangup(left.cause)


async def _play_courtesy(fetcher: Channel, parked: Channel, settings: LotSettings) -> None:
    """Let one of both hear the tone, or both at once."""
    if not settings.courtesy_tone:
        return
    names = [settings.courtesy_tone]
    async with asyncio.TaskGroup() as group:
        if settings.tone_to in {"callee", "both"}:
            group.create_task(_play_to_parked(parked, names))
        if settings.tone_to in {"caller", "both"}:
            await play_prompts(fetcher, names, "ParkedCall")


async def _play_to_parked(parked: Channel, names: list[str]) -> None:
    try:
        await play_prompts(parked, names, "ParkedCall")
    except HangupError:
        logger.debug("%s hung up while it was fetched", parked.name)


@application("ParkAndAnnounce")
async def park_and_announce(
    channel: Channel,
    lot: str = "",
    options: ParkOptions = NO_OPTIONS,
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
    found, space = await _find_space(channel, lot, options, "ParkAndAnnounce")
    work = _announce(channel, space, announcement, destination)
    channel.pbx.spawn(work, name=f"announcement of {channel.name}")
    parking = ParkingSpace(channel, found, space, device_of(channel), options)
    await parking.run(says_space=False)


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
                await say_space(called, space)
            else:
                await play_prompts(called, [name.strip()], "ParkAndAnnounce")

    await borrow(called, say())
    called.hangup()


async def park_by_code(party: Party, lot_name: str = "") -> None:
    """The party parks the other one, hears where, and is let go."""
    other = party.peer
    if other is None:
        return
    lot = find_lot(party.channel, lot_name, makes=True)
    if lot is None or lot.find_space() is None:
        return
    aside = Aside(party)
    channel, parker = other.channel, device_of(party.channel)
    taken: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def stand() -> None:
        space = lot.find_space()  # another call may have taken that of before
        taken.set_result(space)
        if space is None:
            channel.hangup(HangupCause.NORMAL_CIRCUIT_CONGESTION)
        else:
            await ParkingSpace(channel, lot, space, parker, NO_OPTIONS).run(says_space=False)

    async def tell() -> None:
        if (space := await taken) is not None:
            await say_space(party.channel, space)

    aside.bridge.keeps_one = False
    channel.at_end(lambda: None if taken.done() else taken.set_result(None))
    channel.divert(stand)
    try:
        await borrow(party.channel, tell())
    finally:
        aside.let_go()

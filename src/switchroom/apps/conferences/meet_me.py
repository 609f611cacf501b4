"""MeetMe() and what administers its rooms.

Family: Conferences
"""

from __future__ import annotations

from switchroom.apps.conferences.entry import Departure, Entry, attend
from switchroom.apps.conferences.meet_me_options import (
    NO_OPTIONS,
    MeetMeOptions,
    bridge_profile,
    exit_context,
    menu_for,
    time_limit,
    user_profile,
    with_letters,
)
from switchroom.apps.prompts import play_prompts
from switchroom.apps.read import ask
from switchroom.conference.meetme import CREATOR, MeetMeConferences, administer, find_user
from switchroom.conference.room import Leaving
from switchroom.config.meetme import MeetMeRoom
from switchroom.dialplan.assignment import assign
from switchroom.dialplan.registry import application
from switchroom.media.saying.registry import language_for
from switchroom.pbx.channel import Channel

ATTEMPTS = 3
MOST_DIGITS = 80
COMMANDS = "eEkKlLmMnNrRsStTuUvV"


def _rooms(channel: Channel) -> MeetMeConferences:
    return channel.pbx.datastore(MeetMeConferences)


@application("MeetMe")
async def meet_me(
    channel: Channel, number: str = "", options: MeetMeOptions = NO_OPTIONS, pin: str = ""
) -> None:
    """Talk with everybody who called the same room of ``meetme.conf``.

    ConfBridge() is its successor; both are held by the same mixer.

    Args:
        channel: The channel.
        number: Of the room; it is asked for where it is not given.
        options: Option letters.
        pin: The room's PIN, which is asked for where it is not given and the room has one.

    Variables:
        CONF_LIMIT_WARNING_FILE: What warns, with option L; the time that is left is said where it
            is not set.
        CONF_LIMIT_TIMEOUT_FILE: What is heard when the time is up, with option L.
        MEETME_EXIT_KEY: The key that ended it.
        MEETMESECS: How long he was in it.

    Examples:
        exten => 8600,1,MeetMe(8600,cMs)
        ; a room that is made when somebody comes, with a PIN that the first one chooses
        exten => 8601,1,MeetMe(,D)
    """
    await channel.answer()
    found = await _find_room(channel, number.strip(), options)
    if found is None:
        return
    admin = await _let_in(channel, found, options, pin.strip())
    if admin is None:
        return
    letters = found.admin_options if admin and found.admin_options else found.options
    options = with_letters(options, letters)
    limit = time_limit(channel, options)
    entry = Entry(
        found.number, bridge_profile(channel, options, most=found.most),
        user_profile(options, admin=admin, limit=limit),
        menu_for(channel, options, admin=admin), CREATOR, application=CREATOR, limit=limit,
    )  # fmt: skip
    began_at = channel.pbx.now()
    try:
        departure = await attend(channel, entry, _rooms(channel))
    finally:
        channel.set_variable("MEETMESECS", str(int(channel.pbx.now() - began_at)))
    _go_on(channel, departure, options)


def _go_on(channel: Channel, departure: Departure, options: MeetMeOptions) -> None:
    if departure.why is Leaving.DTMF:
        channel.set_variable("MEETME_EXIT_KEY", departure.key)
        if options.exits and departure.key not in options.leaves_by:
            channel.goto(exit_context(channel), departure.key, 1)
    elif departure.why is Leaving.KICKED and not options.goes_on:
        channel.hangup()


async def _find_room(channel: Channel, number: str, options: MeetMeOptions) -> MeetMeRoom | None:
    rooms = _rooms(channel)
    if not number and (options.empty or options.empty_without_pin):
        room = rooms.empty_room(without_pin=options.empty_without_pin)
        if room is None:
            await play_prompts(channel, ["conf-noempty"], CREATOR)
            return None
        names = ["conf-enteringno", *language_for(channel.language).number(int(room.number))]
        await play_prompts(channel, names if not options.quiet else (), CREATOR)
        return room
    for _ in range(1 if number else ATTEMPTS):
        wanted = number or (await ask(channel, ["conf-getconfno"], MOST_DIGITS, "#", 0.0))[0]
        room = await rooms.look_up(channel.pbx, wanted) if wanted else None
        if room is None and wanted and (options.dynamic or options.dynamic_pin):
            chosen = ""
            if options.dynamic_pin:
                chosen, _ended = await ask(channel, ["conf-getpin"], MOST_DIGITS, "#", 0.0)
            room = rooms.dynamic[wanted] = MeetMeRoom(wanted, chosen)
            return MeetMeRoom(wanted)  # who chose the PIN knows it
        if room is not None:
            return room
        await play_prompts(channel, ["conf-invalid"], CREATOR)
    return None


async def _let_in(
    channel: Channel, room: MeetMeRoom, options: MeetMeOptions, pin: str
) -> bool | None:
    """Whether he is an administrator; None: he does not know the PIN."""
    wanted = room.admin_pin if options.admin and room.admin_pin else room.pin
    if not wanted and not (options.asks_pin and (room.pin or room.admin_pin)):
        return options.admin
    keyed = "" if options.asks_pin else pin
    for _ in range(ATTEMPTS):
        if not keyed:
            keyed, _ended = await ask(channel, ["conf-getpin"], MOST_DIGITS, "#", 0.0)
        if keyed and keyed == room.admin_pin:
            return True
        if keyed == room.pin and not (options.admin and room.admin_pin):
            return options.admin
        await play_prompts(channel, ["conf-invalidpin"], CREATOR)
        keyed = ""
    return None


@application("MeetMeCount")
async def meet_me_count(channel: Channel, number: str, variable: str = "") -> None:
    """Say, or set a variable to, how many people are in a room.

    Args:
        channel: The channel.
        number: Of the room.
        variable: What gets it; it is said where none is given.

    Examples:
        MeetMeCount(8600,count)
        NoOp(${count} people)
    """
    found = _rooms(channel).get(number.strip())
    count = found.room.people if found is not None else 0
    if variable.strip():
        waiting = assign(channel, variable.strip(), str(count))
        if waiting is not None:
            await waiting
        return
    await channel.answer()
    await play_prompts(channel, language_for(channel.language).number(count), "MeetMeCount")


@application("MeetMeAdmin")
def meet_me_admin(channel: Channel, number: str, command: str, user: str = "") -> None:
    """Administer a room.

    Args:
        channel: The channel.
        number: Of the room.
        command: ``L`` lock, ``l`` unlock; ``k`` kick one, ``e`` whoever came last, ``K`` all;
            ``M`` mute one, ``m`` unmute, ``N`` mute all but administrators, ``n`` unmute all;
            ``T``, ``t`` make one louder, quieter, ``U``, ``u`` what one hears, ``S``, ``s``,
            ``V``, ``v`` the same for all; ``r``, ``R`` as it was, of one, of all.
        user: His number in the room, or his channel.

    Variables:
        MEETMEADMINSTATUS: OK, NOPARSE (no such command), NOTFOUND (no such room, or user) or
            FAILED.

    Examples:
        MeetMeAdmin(8600,M,2)
        ; nobody else comes in
        MeetMeAdmin(8600,L)
    """
    found = _rooms(channel).get(number.strip())
    letter = command.strip()[:1]
    if not letter or letter not in COMMANDS:
        status = "NOPARSE"
    elif found is None:
        status = "NOTFOUND"
    elif letter == "E":
        status = "FAILED"  # only scheduled conferences could be made longer
    else:
        status = "OK" if administer(found, letter, user.strip()) else "NOTFOUND"
    channel.set_variable("MEETMEADMINSTATUS", status)


@application("MeetMeChannelAdmin")
def meet_me_channel_admin(channel: Channel, name: str, command: str) -> None:
    """Kick or mute a channel in whatever room it is.

    Args:
        channel: The channel.
        name: The other one's name.
        command: ``k`` kick, ``M`` mute, ``m`` unmute.

    Examples:
        MeetMeChannelAdmin(PJSIP/100-00000001,k)
    """
    letter = command.strip()[:1]
    for conference in list(_rooms(channel).values()):
        if letter in {"k", "m", "M"} and find_user(conference, name.strip()) is not None:
            administer(conference, letter, name.strip())

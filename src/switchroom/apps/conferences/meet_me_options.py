"""The option letters of MeetMe(), and what they mean for a conference. No application itself."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from switchroom.apps.dialing.call_limits import CallLimits
from switchroom.base.text import leading_int
from switchroom.conference.meetme import CREATOR, menu_of, user_menu
from switchroom.config.confbridge import BridgeProfile, Menu, MenuAction, UserProfile
from switchroom.dialplan.options import option, parse_options
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import ALL_DIGITS, Channel

LEAVE = (MenuAction("leave_conference"),)


@dataclass(frozen=True, slots=True)
class MeetMeOptions:
    """Option letters of MeetMe."""

    admin: bool = option("a", "He is an administrator.")
    marked: bool = option("A", "He is marked: others may wait for him.")
    agi: bool = option("b", "Accepted because dialplans have it.")
    counts: bool = option("c", "Tell him how many are there.")
    goes_on: bool = option("C", "Go on in the dialplan when he is kicked.")
    dynamic: bool = option("d", "Make the conference if there is none of that number.")
    dynamic_pin: bool = option("D", "The same; its PIN is asked of who comes first.")
    empty: bool = option("e", "Take the first empty conference.")
    empty_without_pin: bool = option("E", "Take the first empty conference without a PIN.")
    passes_digits: bool = option("F", "Let the others hear his keys.")
    greeting: str = option("G", "A sound that is played to him before.", default="")
    reviews_name: bool = option("i", "Tell the others his name, which he may say again.")
    tells_name: bool = option("I", "Tell the others his name.")
    ends_alone: bool = option("k", "It is over for him when he is the last one.")
    listens_only: bool = option("l", "He only listens.")
    limit: str = option(
        "L",
        "``x[:y][:z]``: it is over after x milliseconds; a warning y before, and each z.",
        default="",
    )
    muted: bool = option("m", "He is muted at first.")
    music: str = option("M", "Music while he is alone, or waits.", default="", bare="default")
    no_denoise: bool = option("n", "Accepted because dialplans have it.")
    drops_silence: bool = option("o", "Leave him out of the mix while he is silent.")
    leaves_by: str = option("p", "He leaves with ``#``, or these keys.", default="", bare="#")
    asks_pin: bool = option("P", "Ask for the PIN even where it is given.")
    quiet: bool = option("q", "Nothing is said when he comes or goes.")
    records: bool = option("r", "Record the conference: MEETME_RECORDINGFILE, …FORMAT.")
    menu: bool = option("s", "``*`` opens a menu.")
    kicked_after: int = option("S", "Kick him after so many seconds.", default=0)
    talks_only: bool = option("t", "He only talks.")
    tells_talking: bool = option("T", "Tell when he talks (events).")
    mailbox: str = option("v", "Accepted because dialplans have it.", default="", bare="1")
    waits: int = option(
        "w", "Wait for somebody marked, so many seconds at most.", default=-1, bare=0
    )
    ends_marked: bool = option("x", "It is over for him when the last marked one leaves.")
    exits: bool = option("X", "A digit that is an extension of MEETME_EXIT_CONTEXT leads there.")
    quiet_alone: bool = option("1", "Do not tell him that he is the first one.")


NO_OPTIONS = MeetMeOptions()


def time_limit(channel: Channel, options: MeetMeOptions) -> CallLimits | None:
    """When it is over for him, by option L, and what he hears of it."""
    numbers = [leading_int(part) or 0 for part in options.limit.split(":")[:3]]
    limit, warning, repeat = (*numbers, 0, 0)[:3]
    if limit <= 0:
        return None
    return CallLimits(
        limit / 1000,
        warning / 1000,
        repeat / 1000,
        warning_file=variable(channel, "CONF_LIMIT_WARNING_FILE"),
        timeout_file=variable(channel, "CONF_LIMIT_TIMEOUT_FILE"),
    )


def user_profile(
    options: MeetMeOptions, *, admin: bool, limit: CallLimits | None = None
) -> UserProfile:
    """How he takes part."""
    times = [float(options.kicked_after), limit.seconds if limit is not None else 0.0]
    return UserProfile(
        name=CREATOR,
        admin=admin,
        marked=options.marked,
        wait_marked=options.waits >= 0,
        end_marked=options.ends_marked,
        start_muted=options.muted or options.listens_only,
        quiet=options.quiet,
        music_when_empty=bool(options.music),
        music_class="" if options.music == "default" else options.music,
        counts=options.counts,
        tells_only=not options.quiet_alone,
        tells_talking=options.tells_talking,
        passes_digits=options.passes_digits,
        tells_name=options.tells_name or options.reviews_name,
        reviews_name=options.reviews_name,
        announcement=options.greeting,
        drops_silence=options.drops_silence,
        timeout=min((seconds for seconds in times if seconds > 0), default=0.0),
        is_deaf=options.talks_only,
        ends_alone=options.ends_alone,
        waits_at_most=max(options.waits, 0),
    )


def with_letters(options: MeetMeOptions, letters: str) -> MeetMeOptions:
    """Options with the letters that a room has itself; what was given goes before."""
    if not letters:
        return options
    given = {
        each.name: value
        for each in fields(MeetMeOptions)
        if (value := getattr(options, each.name)) != each.default
    }
    return replace(parse_options(MeetMeOptions, letters, CREATOR), **given)


def bridge_profile(channel: Channel, options: MeetMeOptions, *, most: int = 0) -> BridgeProfile:
    """How the conference is held."""
    file = variable(channel, "MEETME_RECORDINGFILE")
    suffix = variable(channel, "MEETME_RECORDINGFORMAT") or "wav"
    return BridgeProfile(
        name=CREATOR, language=channel.language, records=options.records,
        record_file=f"{file}.{suffix}" if file else "", record_timestamp=False,
        max_members=most,
    )  # fmt: skip


def menu_for(channel: Channel, options: MeetMeOptions, *, admin: bool) -> Menu:
    """What his keys do."""
    keys: dict[str, tuple[MenuAction, ...]] = {}
    if options.menu:
        keys |= user_menu(admin=admin, may_talk=not options.listens_only)
    if options.exits:
        context = exit_context(channel)
        exists = channel.pbx.dialplan.exists
        keys |= {each: LEAVE for each in ALL_DIGITS if exists(channel, each, 1, context)}
    keys |= dict.fromkeys(options.leaves_by, LEAVE)
    return menu_of(keys)


def exit_context(channel: Channel) -> str:
    """Where option X leads."""
    return variable(channel, "MEETME_EXIT_CONTEXT") or channel.context

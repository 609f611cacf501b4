"""What is done to calls: hang up, send elsewhere, join, transfer, keys."""

from __future__ import annotations

import asyncio

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.base.text import leading_int
from switchroom.dialplan.absolute_timeout import AbsoluteTimeout
from switchroom.dialplan.posix_regex import compile_posix
from switchroom.pbx.bridging.bridge import Party, party_of
from switchroom.pbx.channel import ALL_DIGITS, Channel
from switchroom.pbx.controlled_playback import Control, player_of
from switchroom.pbx.features import features_of
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.muting import set_muted
from switchroom.pbx.telling import request_hangup
from switchroom.pbx.transfers.attended import attended_transfer_to
from switchroom.pbx.transfers.transfer import TransferResult, transfer

MAX_TIMEOUT = 10**7  #: seconds


@action("Hangup", Privilege.SYSTEM | Privilege.CALL)
def hangup(request: Request) -> Reply:
    """Hang up a channel, or all whose name matches a regular expression between slashes."""
    name = request.required("Channel", "No channel specified")
    cause = _cause(request)
    if len(name) > 2 and name.startswith("/") and name.endswith("/"):
        return _hang_up_matching(request, name[1:-1], cause)
    request_hangup(request.find(name), cause)
    return done("Channel Hungup")


def _cause(request: Request) -> HangupCause:
    number = leading_int(request.get("Cause"))
    if number is None or number <= 0 or number > 127:
        return HangupCause.NOT_DEFINED
    try:
        return HangupCause(number)
    except ValueError:
        return HangupCause.NORMAL_CLEARING


def _hang_up_matching(request: Request, text: str, cause: HangupCause) -> Reply:
    pattern = compile_posix(text)
    if pattern is None:
        raise ActionError(f"Regex format invalid: {text}")
    found = [each for each in request.pbx.channels.values() if pattern.finds(each.name)]
    for channel in found:
        request_hangup(channel, cause)
    events = [Listed("ChannelHungup", (("Channel", each.name),)) for each in found]
    return listing("Channels hung up will follow", "ChannelsHungupListComplete", events)


@action("Redirect", Privilege.CALL)
def redirect(request: Request) -> Reply:
    """Send a channel, or two at once, to a place in the dialplan."""
    name = request.required("Channel", "Channel not specified")
    channel = request.find(name, f"Channel does not exist: {name}")
    place = _place(request, "", channel)
    extra_name = request.get("ExtraChannel")
    if not extra_name:
        channel.redirect(*place)
        return done("Redirect successful")
    extra = request.find(extra_name, f"ExtraChannel does not exist: {extra_name}")
    has_own = request.get("ExtraExten") or request.get("ExtraContext")
    extra_place = _place(request, "Extra", extra) if has_own else place
    party = party_of(channel)
    if party is not None and party.bridge is not None:
        # Who goes first must not end the call of the other before it has gone as well.
        party.bridge.keeps_one = True
    channel.redirect(*place)
    extra.redirect(*extra_place)
    return done("Dual Redirect successful")


def _place(request: Request, prefix: str, channel: Channel) -> tuple[str, str, int]:
    context = request.get(f"{prefix}Context") or channel.context
    extension = request.required(f"{prefix}Exten", f"{prefix}Exten not specified")
    text = request.get(f"{prefix}Priority", "1")
    priority = leading_int(text)
    if priority is None:
        priority = request.pbx.dialplan.find_label(context, extension, text)
    if priority is None or priority < 1:
        raise ActionError(f"{prefix}Priority is invalid")
    return context, extension, priority


@action("Bridge", Privilege.CALL)
def bridge(request: Request) -> Reply:
    """Let two channels talk, which leave what they do."""
    found = []
    for header in ("Channel1", "Channel2"):
        name = request.required(header, f"Missing {header} in request")
        found.append(request.find(name, f"{header} does not exist: {name}"))
    first, second = found
    if first is second or first.is_hung_up or second.is_hung_up:
        raise ActionError("Unable to bridge channels")
    options = "p" if request.get("Tone", "no").lower() not in {"no", "none", ""} else ""

    async def talk() -> None:
        data = f"{second.name},{options}"
        waits = first.pbx.dialplan.start_application(first, "Bridge", data)
        if waits is not None:
            await waits

    first.divert(talk)
    return done("Channels have been bridged")


def _talking(request: Request) -> Party:
    """The place of the channel in a call."""
    channel = request.channel("No channel specified", "Channel specified does not exist")
    party = party_of(channel)
    if party is None or not party.others:
        raise ActionError("Channel is not in a call")
    return party


@action("Atxfer", Privilege.CALL)
def attended_transfer(request: Request) -> Reply:
    """Let a channel ask somebody before whom it talks to is transferred."""
    request.channel("No channel specified", "Channel specified does not exist")
    extension = request.required("Exten", "No exten specified")
    party = _talking(request)
    channel = party.channel
    if context := request.get("Context"):
        channel.set_variable("TRANSFER_CONTEXT", context)
    channel.pbx.spawn(attended_transfer_to(party, extension), name=channel.name)
    return done("Atxfer successfully queued")


@action("CancelAtxfer", Privilege.CALL)
def cancel_attended_transfer(request: Request) -> Reply:
    """Give up an attended transfer: the one who asks talks to the first party again."""
    channel = request.channel("No channel specified", "Channel specified does not exist")
    for digit in features_of(request.pbx).abort:
        channel.on_digit(digit)
    return done("CancelAtxfer successfully queued")


@action("BlindTransfer", Privilege.CALL)
def blind_transfer(request: Request) -> Reply:
    """Send whom a channel talks to to an extension; the channel is let go."""
    channel = request.channel("No channel specified", "Channel specified does not exist")
    extension = request.required("Exten", "No exten specified")
    party = party_of(channel)
    if party is None:
        raise ActionError("Channel is not in a bridge")
    context = request.get("Context") or channel.variables.get("TRANSFER_CONTEXT", "")
    match transfer(party, extension, context or channel.context):
        case TransferResult.SUCCESS:
            return done("Transfer succeeded")
        case TransferResult.NOT_PERMITTED:
            raise ActionError("Transfer not permitted")
        case TransferResult.INVALID:
            raise ActionError("Transfer invalid")
        case TransferResult.FAILURE:
            raise ActionError("Transfer failed")


@action("PlayDTMF", Privilege.CALL)
async def play_dtmf(request: Request) -> Reply:
    """Send a key to a channel's party, or let it seem to have been pressed by it."""
    channel = request.channel("Channel not found", "Channel not found")
    digit = request.required("Digit", "No digit specified")[:1].upper()
    if digit not in ALL_DIGITS:
        raise ActionError("Not a DTMF digit")
    text = request.get("Duration", "100")
    if not text.isdigit() or not 0 < int(text) <= 10_000:
        raise ActionError("Could not convert Duration parameter")
    duration = int(text) / 1000
    if request.action.is_true("Receive"):
        channel.on_digit(digit, duration)
    else:
        await channel.send_digit(digit, duration=duration)
    return done("DTMF successfully queued")


@action("AbsoluteTimeout", Privilege.SYSTEM | Privilege.CALL)
def absolute_timeout(request: Request) -> Reply:
    """End a call after so many seconds; 0: never."""
    channel = request.channel("No channel specified")
    seconds = leading_int(request.required("Timeout", "No timeout specified"))
    if seconds is None or not 0 <= seconds <= MAX_TIMEOUT:
        raise ActionError("No timeout specified")
    channel.datastore(AbsoluteTimeout).set(channel, float(seconds))
    return done("Timeout Set")


@action("LocalOptimizeAway", Privilege.SYSTEM | Privilege.CALL)
def optimize_away(request: Request) -> Reply:
    """Leave out a Local channel between two calls as soon as that can be."""
    channel = request.channel("'Channel' not specified.", "Channel does not exist.")
    driver = channel.driver
    if not hasattr(driver, "stays"):
        raise ActionError("Unable to find channel")
    driver.stays = driver.other.stays = False  # type: ignore[attr-defined]  # a Local channel's
    party = party_of(channel)
    if party is not None and party.bridge is not None and not party.bridge.keeps_one:
        party.bridge.settle()
    return done("Queued channel to be optimized away")


@action("MuteAudio", Privilege.SYSTEM)
async def mute_audio(request: Request) -> Reply:
    """Let a party not be heard, or hear nothing."""
    channel = request.channel("Channel not specified", "Channel not found.")
    direction = request.required("Direction", "No direction specified").lower()
    state = request.required("State", "No state specified").lower()
    if direction not in {"in", "out", "all"}:
        raise ActionError("Invalid direction specified")
    is_on = state in {"on", "yes", "true", "1"}
    await set_muted(
        channel, muted=is_on, said=direction in {"in", "all"}, heard=direction in {"out", "all"}
    )
    return done()


@action("ControlPlayback", Privilege.CALL)
async def control_playback(request: Request) -> Reply:
    """Stop, pause or wind what a channel plays; what cannot be wound can be stopped."""
    channel = request.channel("Missing Channel header", "No such channel")
    word = request.required("Control", "Missing Control header").lower()
    try:
        control = Control(word)
    except ValueError:
        raise ActionError(f"Control {word!r} is not known here") from None
    if (player := player_of(channel)) is not None:
        player.control(control)
        return done("Playback control queued")
    if control is not Control.STOP:
        raise ActionError("Channel plays nothing that can be wound")
    stream = channel.opened_stream
    if stream is None:
        raise ActionError("Channel plays nothing")
    stream.stop_playback()
    await asyncio.sleep(0)
    return done("Playback control queued")

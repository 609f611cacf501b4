"""What channels there are, and their variables."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, HeaderList, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.ami.rights import refuse_escalating
from switchroom.ami.snapshot import UNKNOWN
from switchroom.base.errors import DialplanError
from switchroom.dialplan.absolute_timeout import AbsoluteTimeout
from switchroom.dialplan.escalation import CHANGING_WHEN_READ, from_outside
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.outsider import outsider
from switchroom.pbx.technology import HasAudioFormat


def bridge_id(channel: Channel) -> str:
    """Of the bridge a channel is in."""
    party = party_of(channel)
    return party.bridge.id if party is not None and party.bridge is not None else ""


def duration_text(seconds: float) -> str:
    """``00:01:02``."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


@action("CoreShowChannels", Privilege.SYSTEM | Privilege.REPORTING)
def core_show_channels(request: Request) -> Reply:
    """List the channels that are up."""
    now, snapshots = request.pbx.now(), request.context.hub.snapshots
    return listing(
        "Channels will follow",
        "CoreShowChannelsComplete",
        (
            Listed(
                "CoreShowChannel",
                (
                    *snapshots.channel(channel),
                    ("BridgeId", bridge_id(channel)),
                    ("Application", channel.application),
                    ("ApplicationData", channel.data),
                    ("Duration", duration_text(now - channel.created_at)),
                ),
            )
            for channel in list(request.pbx.channels.values())
        ),
    )


@action("CoreShowChannelMap", Privilege.SYSTEM | Privilege.REPORTING)
def core_show_channel_map(request: Request) -> Reply:
    """List all channels that a channel is connected with."""
    channel = request.channel("Channel not specified")
    seen = {channel.name}
    waiting = [channel]
    while waiting:
        for each in _beside(waiting.pop()):
            if each.name not in seen:
                seen.add(each.name)
                waiting.append(each)
    seen.discard(channel.name)
    events = [Listed("CoreShowChannelMap", (("ConnectedChannel", name),)) for name in sorted(seen)]
    return listing("Channel map will follow", "CoreShowChannelMapComplete", events)


def _beside(channel: Channel) -> list[Channel]:
    """In the same bridge, or the other half of a Local channel."""
    party = party_of(channel)
    found = []
    if party is not None and party.bridge is not None:
        found = [each.channel for each in party.bridge.parties]
    other = getattr(channel.driver, "other", None)
    if other is not None:
        found.append(other.channel)
    return found


@action("Status", Privilege.SYSTEM | Privilege.CALL | Privilege.REPORTING)
def status(request: Request) -> Reply:
    """List channels with what they do; one, or all."""
    name = request.get("Channel")
    channels = [request.find(name)] if name else list(request.pbx.channels.values())
    variables = [each for each in request.get("Variables").split(",") if each]
    everything = request.action.is_true("AllVariables")
    events = []
    for channel in channels:
        headers = [("Privilege", "Call"), *_status_headers(request, channel)]
        if everything:
            headers += [("Variable", f"{key}={value}") for key, value in channel.variables.items()]
        headers += [("Variable", f"{key}={_read(request, channel, key)}") for key in variables]
        events.append(Listed("Status", headers))
    return listing(
        "Channel status will follow", "StatusComplete", events, ("Items", str(len(events)))
    )


def _status_headers(request: Request, channel: Channel) -> HeaderList:
    settings = channel.datastore(ChannelSettings)
    driver = channel.driver
    coding = driver.audio_format if isinstance(driver, HasAudioFormat) else "slin"
    left = channel.datastore(AbsoluteTimeout).left
    connected = channel.connected
    return [
        *request.context.hub.snapshots.channel(channel),
        ("Type", channel.name.partition("/")[0]),
        ("DNID", channel.caller.dnid),
        ("EffectiveConnectedLineNum", connected.number or UNKNOWN),
        ("EffectiveConnectedLineName", connected.name or UNKNOWN),
        ("TimeToHangup", str(int(left))),
        ("BridgeID", bridge_id(channel)),
        ("Application", channel.application),
        ("Data", channel.data),
        ("Nativeformats", f"({coding})"),
        ("Readformat", coding),
        ("Readtrans", ""),
        ("Writeformat", coding),
        ("Writetrans", ""),
        ("Callgroup", _group_number(settings.call_groups)),
        ("Pickupgroup", _group_number(settings.pickup_groups)),
        ("Seconds", str(int(request.pbx.now() - (channel.answered_at or channel.created_at)))),
    ]


def _group_number(groups: frozenset[int]) -> str:
    """Numbered groups as the bits of one number."""
    return str(sum(1 << each for each in groups))


def _read(request: Request, channel: Channel, name: str) -> str:
    with from_outside(live_dangerously=request.context.asterisk.live_dangerously):
        try:
            return request.pbx.dialplan.read_variable(channel, name)
        except DialplanError:
            return ""


@action("Getvar", Privilege.CALL | Privilege.REPORTING)
async def getvar(request: Request) -> Reply:
    """Read a variable of a channel, a global one, or a function."""
    name = request.required("Variable", "No variable specified")
    channel = _of_whom(request)
    function = name.partition("(")[0].strip().lower() if "(" in name else ""
    refuse_escalating(request, function, writes=False)
    if function in CHANGING_WHEN_READ and not request.session.write & ~Privilege.REPORTING:
        raise ActionError(f"{function.upper()} changes what it reads")
    with from_outside(live_dangerously=request.context.asterisk.live_dangerously):
        reader = channel or outsider(request.pbx)
        try:
            value = await request.pbx.dialplan.substitute(reader, "${" + name + "}")
        except DialplanError as error:
            raise ActionError(str(error)) from error
    return done("", ("Variable", name), ("Value", value))


def _of_whom(request: Request) -> Channel | None:
    name = request.get("Channel")
    return request.find(name) if name else None


@action("Setvar", Privilege.CALL)
async def setvar(request: Request) -> Reply:
    """Set a variable of a channel, a global one, or a function."""
    name = request.required("Variable", "No variable specified")
    value = request.get("Value")
    channel = _of_whom(request)
    if name.endswith(")") and "(" in name:
        function, _, arguments = name[:-1].partition("(")
        refuse_escalating(request, function, writes=True)
        with from_outside(live_dangerously=request.context.asterisk.live_dangerously):
            writer = channel or outsider(request.pbx)
            try:
                waits = request.pbx.dialplan.write_function(writer, function, arguments, value)
                if waits is not None:
                    await waits
            except DialplanError as error:
                raise ActionError(str(error)) from error
    elif channel is not None:
        channel.set_variable(name, value)
    else:
        request.pbx.set_global(name, value)
    return done("Variable Set")

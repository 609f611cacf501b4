"""Bridges: made, taken away, and who is in them."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from switchroom.ari.context import Request, StasisBridges
from switchroom.ari.errors import AriError
from switchroom.ari.hub import bridge_topics
from switchroom.ari.models.bridge_events import BridgeVideoSourceChanged
from switchroom.ari.models.bridges import Bridge
from switchroom.ari.registry import BodyVariables, Wire, operation
from switchroom.ari.variables import texts
from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.bridging.stasis_bridge import BRIDGE_TYPES, JoinPlan, StasisBridge
from switchroom.pbx.channel import HangupError
from switchroom.pbx.stasis import StasisStay, stay_of

DEFAULT_TYPE = "mixing"
MAX_ID = 149  #: letters
MAX_CHANNELS = 500  #: of one request


def make_bridge(ari: Request, types: str, bridge_id: str, name: str) -> StasisBridge:
    """Make one, or give the one that is there.

    Raises:
        AriError: 400: there is no such type; 409: it is there, and somebody else's.
    """
    wanted = {each.strip() for each in (types or DEFAULT_TYPE).split(",") if each.strip()}
    if not wanted <= BRIDGE_TYPES or {"mixing", "holding"} <= wanted:
        raise AriError(400, "Invalid bridge type")
    if len(bridge_id) > MAX_ID or not (bridge_id + name).isprintable():
        raise AriError(400, "Invalid bridge id or name")
    ours = ari.pbx.datastore(StasisBridges)
    known = ours.get(bridge_id)
    if known is not None:
        known.name = name or known.name
        return known
    if bridge_id and bridge_id in ari.pbx.datastore(Bridges):
        raise AriError(409, "Bridge with given unique ID already exists")
    bridge = StasisBridge(ari.pbx, wanted, name=name, bridge_id=bridge_id)
    ours[bridge.id] = bridge
    return bridge


@operation("GET", "/bridges", "list")
def list_bridges(ari: Request) -> list[Bridge]:
    """List all bridges.

    Args:
        ari: The request.
    """
    found = {**ari.pbx.datastore(Bridges), **ari.pbx.datastore(StasisBridges)}
    return [ari.view.bridge(each) for each in found.values()]


@operation("POST", "/bridges", "create", errors=(409,))
def create(
    ari: Request,
    type: str = "",  # noqa: A002  # on the wire
    bridge_id: str = "",
    name: str = "",
    variables: BodyVariables = None,
) -> Bridge:
    """Make a bridge, which is there until it is taken away.

    Args:
        ari: The request.
        type: Words with commas: ``mixing`` or ``holding``, ``dtmf_events``, ``proxy_media``,
            ``video_sfu``, ``video_single``.
        bridge_id: What it is to be called.
        name: For people.
        variables: Of the bridge.
    """
    bridge = make_bridge(ari, type, bridge_id, name)
    bridge.variables.update(texts(variables))
    return ari.view.bridge(bridge)


@operation("POST", "/bridges/{bridgeId}", "createWithId", errors=(409,))
def create_with_id(
    ari: Request,
    bridge_id: str,
    type: str = "",  # noqa: A002  # on the wire
    name: str = "",
    variables: BodyVariables = None,
) -> Bridge:
    """Make a bridge that is called as you want it, or give another name to the one that is there.

    Args:
        ari: The request.
        bridge_id: What it is to be called.
        type: Words with commas: ``mixing`` or ``holding``, ``dtmf_events``, ``proxy_media``,
            ``video_sfu``, ``video_single``.
        name: For people.
        variables: Of the bridge.
    """
    return create(ari, type, bridge_id, name, variables)


@operation("GET", "/bridges/{bridgeId}", "get", errors=(404,))
def get(ari: Request, bridge_id: str) -> Bridge:
    """Tell about one bridge.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
    """
    found = ari.pbx.datastore(Bridges).get(bridge_id) or ari.bridge(bridge_id)
    return ari.view.bridge(found)


@operation("DELETE", "/bridges/{bridgeId}", "destroy", errors=(404,))
def destroy(ari: Request, bridge_id: str) -> None:
    """Take a bridge away; its channels stay in their applications.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
    """
    bridge = ari.bridge(bridge_id)
    topic = f"bridge:{bridge.id}"
    # Who hears of it because a channel of its own is in it hears of its end too.
    hearing = [each.name for each in ari.hub.applications.values() if topic in each.topics]
    for name in hearing:
        ari.hub.applications[name].subscribe(topic)
    for party in list(bridge.parties):
        _leave(bridge, stay_of(party.channel))
    bridge.destroy()
    for name in hearing:
        _unwatch(ari, name, topic)
    ari.pbx.datastore(StasisBridges).pop(bridge.id, None)


def _leave(bridge: StasisBridge, stay: StasisStay | None) -> None:
    if stay is not None and stay.party is not None and stay.party.bridge is bridge:
        bridge.remove(stay.party)


def _stays(ari: Request, names: list[str]) -> list[StasisStay]:
    """Those of several channels.

    Raises:
        AriError: 400: one is not there; 409: one is in no application.
    """
    if not names or len(names) > MAX_CHANNELS:
        raise AriError(400, "No channels specified")
    found = []
    for name in names:
        try:
            found.append(ari.stay(name))
        except AriError as error:
            status = 400 if error.status == 404 else error.status
            raise AriError(status, str(error)) from error
    return found


@operation("POST", "/bridges/{bridgeId}/addChannel", "addChannel", errors=(400, 404, 409, 422))
async def add_channel(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    bridge_id: str,
    channel: list[str],
    role: str = "",
    absorb_dtmf: Annotated[bool, Wire("absorbDTMF")] = False,  # noqa: FBT002  # on the wire
    mute: bool = False,  # noqa: FBT001, FBT002  # on the wire
    inhibit_connected_line_updates: bool = False,  # noqa: FBT001, FBT002  # on the wire
) -> None:
    """Put channels into a bridge.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        channel: The channels.
        role: ``participant``, or ``announcer`` in a holding bridge.
        absorb_dtmf: The others do not hear their keys.
        mute: The others do not hear them.
        inhibit_connected_line_updates: Nobody's phone is told who is at the other end.
    """
    bridge = ari.bridge(bridge_id)
    if role not in {"", "participant", "announcer"}:
        raise AriError(422, "Invalid role specified")
    plan = JoinPlan(role == "announcer", absorb_dtmf, mute, inhibit_connected_line_updates)
    for stay in _stays(ari, channel):
        _watch(ari, bridge, stay)
        try:
            await bridge.add(stay, plan)
        except HangupError:
            bridge.forget(stay.channel)
            raise


def _watch(ari: Request, bridge: StasisBridge, stay: StasisStay) -> None:
    """Whoever steers a channel hears of the bridge that it is in."""
    application = ari.hub.applications.get(stay.application.name)
    if application is not None:
        topic = f"bridge:{bridge.id}"
        application.subscribe(topic)
        bridge.on_departure(stay.channel, lambda: _unwatch(ari, application.name, topic))


def _unwatch(ari: Request, name: str, topic: str) -> None:
    application = ari.hub.applications.get(name)
    if application is not None:
        application.unsubscribe(topic)
        ari.hub.tidy(application)


@operation(
    "POST", "/bridges/{bridgeId}/removeChannel", "removeChannel", errors=(400, 404, 409, 422)
)
def remove_channel(ari: Request, bridge_id: str, channel: list[str]) -> None:
    """Take channels out of a bridge; they stay in their applications.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        channel: The channels.
    """
    bridge = ari.bridge(bridge_id)
    stays = _stays(ari, channel)
    if any(each.party is None or each.party.bridge is not bridge for each in stays):
        raise AriError(422, "Channel not in this bridge")
    for stay in stays:
        _leave(bridge, stay)


@operation(
    "POST", "/bridges/{bridgeId}/videoSource/{channelId}", "setVideoSource", errors=(404, 409, 422)
)
def set_video_source(ari: Request, bridge_id: str, channel_id: str) -> None:
    """Say whose picture all in a bridge see.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        channel_id: Of the channel.
    """
    bridge = ari.bridge(bridge_id)
    channel = ari.channel(channel_id)
    if all(each.channel is not channel for each in bridge.parties):
        raise AriError(422, "Channel not in Bridge")
    _set_source(ari, bridge, channel.unique_id)


@operation("DELETE", "/bridges/{bridgeId}/videoSource", "clearVideoSource", errors=(404,))
def clear_video_source(ari: Request, bridge_id: str) -> None:
    """Let nobody's picture be chosen.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
    """
    _set_source(ari, ari.bridge(bridge_id), "")


def _set_source(ari: Request, bridge: StasisBridge, source: str) -> None:
    before, bridge.video_source = bridge.video_source, source
    if before != source:
        event = BridgeVideoSourceChanged(ari.hub.now(), ari.view.bridge(bridge), before or UNSET)
        ari.hub.tell(bridge_topics(bridge.id), event)

"""Bridges: which there are, and ending them."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.ami.snapshot import bridge_headers
from switchroom.pbx.bridging.bridge import Bridge, Bridges, Departure, Left, party_of
from switchroom.pbx.telling import request_hangup

#: Ways of joining channels, with their kind and their rank.
TECHNOLOGIES = (
    ("native_rtp", "Native", 90),
    ("holding_bridge", "Holding", 50),
    ("simple_bridge", "1to1Mix", 50),
    ("softmix", "MultiMix", 10),
)


def _bridge(request: Request) -> Bridge:
    name = request.required("BridgeUniqueid", "BridgeUniqueid must be provided")
    found = request.pbx.datastore(Bridges).get(name)
    if found is None:
        raise ActionError("Specified BridgeUniqueid not found")
    return found


@action("BridgeList")
def bridge_list(request: Request) -> Reply:
    """List the bridges."""
    wanted = request.get("BridgeType").lower()
    bridges = list(request.pbx.datastore(Bridges).values())
    events = [
        Listed("BridgeListItem", bridge_headers(each))
        for each in bridges
        if not wanted or each.kind == wanted
    ]
    return listing("Bridge listing will follow", "BridgeListComplete", events)


@action("BridgeInfo")
def bridge_info(request: Request) -> Reply:
    """List the channels of a bridge."""
    bridge = _bridge(request)
    snapshots = request.context.hub.snapshots
    events = [
        Listed("BridgeInfoChannel", snapshots.channel(each.channel)) for each in bridge.parties
    ]
    return listing(
        "Bridge channel listing will follow", "BridgeInfoComplete", events, *bridge_headers(bridge)
    )


@action("BridgeDestroy", changes=Privilege.CALL | Privilege.SYSTEM)
def bridge_destroy(request: Request) -> Reply:
    """End a bridge; its channels go on, or are hung up."""
    _bridge(request).end(Left(Departure.ENDED))
    return done("Bridge has been destroyed")


@action("BridgeKick", changes=Privilege.CALL | Privilege.SYSTEM)
def bridge_kick(request: Request) -> Reply:
    """Let a channel go from its bridge."""
    channel = request.channel("Channel must be provided", "Channel does not exist")
    party = party_of(channel)
    wanted = request.get("BridgeUniqueid")
    if party is None or party.bridge is None or (wanted and party.bridge.id != wanted):
        raise ActionError("Channel is not in the bridge")
    request_hangup(channel)
    return done("Channel has been kicked")


@action("BridgeTechnologyList")
def bridge_technology_list(request: Request) -> Reply:
    """List the ways of joining channels."""
    events = [
        Listed(
            "BridgeTechnologyListItem",
            (
                ("BridgeTechnology", name),
                ("BridgeType", kind),
                ("BridgePriority", str(rank)),
                ("BridgeSuspended", "No"),
            ),
        )
        for name, kind, rank in TECHNOLOGIES
    ]
    return listing("Bridge technology listing will follow", "BridgeTechnologyListComplete", events)


@action("BridgeTechnologySuspend", changes=Privilege.SYSTEM)
def bridge_technology_suspend(request: Request) -> Reply:
    """Refuse: the ways of joining channels are chosen by need and cannot be switched off."""
    return _technology(request)


@action("BridgeTechnologyUnsuspend", changes=Privilege.SYSTEM)
def bridge_technology_unsuspend(request: Request) -> Reply:
    """Accept: nothing is ever switched off."""
    _technology_name(request)
    return done("Unsuspended bridge technology")


def _technology_name(request: Request) -> str:
    name = request.required("BridgeTechnology", "BridgeTechnology must be provided")
    if name not in {each for each, _, _ in TECHNOLOGIES}:
        raise ActionError("BridgeTechnology not found")
    return name


def _technology(request: Request) -> Reply:
    name = _technology_name(request)
    raise ActionError(f"{name} cannot be suspended: the media engine chooses by need")

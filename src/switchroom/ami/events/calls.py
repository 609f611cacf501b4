"""Calls: dialled, bridged, originated; Local channels between them."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.reply import HeaderList
from switchroom.ami.snapshot import UNKNOWN, Snapshots, bridge_headers
from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.events import (
    BridgeCreated,
    BridgeDestroyed,
    ChannelEnteredBridge,
    ChannelLeftBridge,
    DialBegan,
    DialEnded,
    DialReported,
    LocalBeingLeftOut,
    LocalBridged,
    LocalLeftOut,
    OriginateEnded,
)


@told_as(DialBegan, Privilege.CALL)
def dial_began(view: Snapshots, event: DialBegan) -> Iterator[Told]:
    """A channel is dialled."""
    yield "DialBegin", [*_both(view, event.caller, event.called), ("DialString", event.text)]


@told_as(DialReported, Privilege.CALL)
def dial_reported(view: Snapshots, event: DialReported) -> Iterator[Told]:
    """A dialled channel rings, or is on its way."""
    yield "DialState", [*_both(view, event.caller, event.called), ("DialStatus", event.status)]


@told_as(DialEnded, Privilege.CALL)
def dial_ended(view: Snapshots, event: DialEnded) -> Iterator[Told]:
    """What became of a dialled channel."""
    called = _both(view, event.caller, event.called)
    if called:
        yield "DialEnd", [*called, ("DialStatus", event.status)]


def _both(view: Snapshots, caller: str, called: str) -> HeaderList:
    return [*(view.named(caller) if caller else ()), *view.named(called, "Dest")]


def _bridge(view: Snapshots, name: str) -> HeaderList:
    found = view.pbx.datastore(Bridges).get(name)
    return bridge_headers(found) if found is not None else [("BridgeUniqueid", name)]


@told_as(BridgeCreated, Privilege.CALL)
def bridge_created(view: Snapshots, event: BridgeCreated) -> Iterator[Told]:
    """There is a bridge."""
    yield "BridgeCreate", _bridge(view, event.bridge)


@told_as(BridgeDestroyed, Privilege.CALL)
def bridge_destroyed(view: Snapshots, event: BridgeDestroyed) -> Iterator[Told]:
    """A bridge is over."""
    yield "BridgeDestroy", _bridge(view, event.bridge)


@told_as(ChannelEnteredBridge, Privilege.CALL)
def bridge_entered(view: Snapshots, event: ChannelEnteredBridge) -> Iterator[Told]:
    """A channel hears others."""
    yield "BridgeEnter", [*_bridge(view, event.bridge), *view.named(event.channel)]


@told_as(ChannelLeftBridge, Privilege.CALL)
def bridge_left(view: Snapshots, event: ChannelLeftBridge) -> Iterator[Told]:
    """A channel hears the others no more."""
    yield "BridgeLeave", [*_bridge(view, event.bridge), *view.named(event.channel)]


@told_as(OriginateEnded, Privilege.CALL)
def originate_ended(_: Snapshots, event: OriginateEnded) -> Iterator[Told]:
    """What became of an Originate that nobody waited for."""
    headers = [("ActionID", event.ticket)] if event.ticket else []
    headers += [
        ("Response", "Success" if event.reason == ANSWERED else "Failure"),
        ("Channel", event.channel or event.resource),
    ]
    if event.application:
        headers += [("Application", event.application), ("Data", event.data)]
    else:
        headers += [("Context", event.context), ("Exten", event.extension)]
    headers += [
        ("Reason", str(event.reason)),
        ("Uniqueid", event.unique_id or "<null>"),
        ("CallerIDNum", event.caller_number or UNKNOWN),
        ("CallerIDName", event.caller_name or UNKNOWN),
    ]
    yield "OriginateResponse", headers


ANSWERED = 4  #: the reason of an Originate that was answered


@told_as(LocalBridged, Privilege.CALL)
def local_bridged(view: Snapshots, event: LocalBridged) -> Iterator[Told]:
    """The two halves of a Local channel are a call now."""
    yield (
        "LocalBridge",
        [
            *view.named(event.one, "LocalOne"),
            *view.named(event.two, "LocalTwo"),
            ("Context", event.context),
            ("Exten", event.extension),
            ("LocalOptimization", "Yes" if event.may_be_left_out else "No"),
        ],
    )


@told_as(LocalBeingLeftOut, Privilege.CALL)
def local_being_left_out(view: Snapshots, event: LocalBeingLeftOut) -> Iterator[Told]:
    """Others are about to hear each other without a Local channel."""
    destination = view.pbx.channels.get(event.destination)
    yield (
        "LocalOptimizationBegin",
        [
            *view.named(event.one, "LocalOne"),
            *view.named(event.two, "LocalTwo"),
            *view.named(event.source, "Source"),
            ("DestUniqueId", destination.unique_id if destination is not None else ""),
            ("Id", str(event.number)),
        ],
    )


@told_as(LocalLeftOut, Privilege.CALL)
def local_left_out(view: Snapshots, event: LocalLeftOut) -> Iterator[Told]:
    """They do; its two halves end."""
    halves = [*view.named(event.one, "LocalOne"), *view.named(event.two, "LocalTwo")]
    yield "LocalOptimizationEnd", [*halves, ("Success", "Yes"), ("Id", str(event.number))]

"""Conferences: held, joined, muted, talked in, recorded."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.events import meetme
from switchroom.ami.events.meetme import is_meetme
from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.reply import HeaderList
from switchroom.ami.snapshot import Snapshots
from switchroom.conference.events import (
    ConferenceEnded,
    ConferenceFacts,
    ConferenceJoined,
    ConferenceLeft,
    ConferenceMuted,
    ConferenceRecording,
    ConferenceStarted,
    ConferenceTalking,
)


def _bridge(facts: ConferenceFacts, kind: str = "base") -> HeaderList:
    return [
        ("BridgeUniqueid", facts.bridge),
        ("BridgeType", kind),
        ("BridgeTechnology", facts.technology),
        ("BridgeCreator", facts.creator),
        ("BridgeName", facts.name),
        ("BridgeNumChannels", str(facts.channels)),
        ("BridgeVideoSourceMode", facts.video_source_mode),
    ]


def _named(facts: ConferenceFacts) -> HeaderList:
    return [("Conference", facts.name), *_bridge(facts)]


def _yes(flag: bool) -> str:  # noqa: FBT001  # a word for it
    return "Yes" if flag else "No"


@told_as(ConferenceStarted, Privilege.CALL)
def started(_: Snapshots, event: ConferenceStarted) -> Iterator[Told]:
    """The first one came."""
    if is_meetme(event.conference):
        return
    yield "BridgeCreate", _bridge(event.conference)
    yield "ConfbridgeStart", _named(event.conference)


@told_as(ConferenceEnded, Privilege.CALL)
def ended(_: Snapshots, event: ConferenceEnded) -> Iterator[Told]:
    """The last one left."""
    if is_meetme(event.conference):
        yield meetme.ended(event)
        return
    yield "ConfbridgeEnd", _named(event.conference)
    yield "BridgeDestroy", _bridge(event.conference)


@told_as(ConferenceJoined, Privilege.CALL)
def joined(view: Snapshots, event: ConferenceJoined) -> Iterator[Told]:
    """A channel joined."""
    if is_meetme(event.conference):
        yield meetme.joined(view, event)
        return
    channel = view.named(event.channel)
    yield "BridgeEnter", [*_bridge(event.conference), *channel]
    yield (
        "ConfbridgeJoin",
        [
            *_named(event.conference),
            *channel,
            ("Admin", _yes(event.is_admin)),
            ("Muted", _yes(event.is_muted)),
        ],
    )


@told_as(ConferenceLeft, Privilege.CALL)
def left(view: Snapshots, event: ConferenceLeft) -> Iterator[Told]:
    """A channel left."""
    if is_meetme(event.conference):
        yield meetme.left(view, event)
        return
    channel = view.named(event.channel)
    yield "BridgeLeave", [*_bridge(event.conference), *channel]
    yield (
        "ConfbridgeLeave",
        [*_named(event.conference), *channel, ("Admin", _yes(event.is_admin))],
    )


@told_as(ConferenceMuted, Privilege.CALL)
def muted(view: Snapshots, event: ConferenceMuted) -> Iterator[Told]:
    """A channel was muted, or no longer."""
    if is_meetme(event.conference):
        yield meetme.muted(view, event)
        return
    name = "ConfbridgeMute" if event.is_muted else "ConfbridgeUnmute"
    headers = [*_named(event.conference), *view.named(event.channel)]
    yield name, [*headers, ("Admin", _yes(event.is_admin))]


@told_as(ConferenceTalking, Privilege.CALL)
def talking(view: Snapshots, event: ConferenceTalking) -> Iterator[Told]:
    """A party began to talk, or stopped."""
    if is_meetme(event.conference):
        yield meetme.talking(view, event)
        return
    yield (
        "ConfbridgeTalking",
        [
            *_named(event.conference),
            *view.named(event.channel),
            ("TalkingStatus", "on" if event.is_talking else "off"),
            ("Admin", _yes(event.is_admin)),
        ],
    )


@told_as(ConferenceRecording, Privilege.CALL)
def recording(_: Snapshots, event: ConferenceRecording) -> Iterator[Told]:
    """A recording of all began, or ended."""
    name = "ConfbridgeRecord" if event.is_running else "ConfbridgeStopRecord"
    yield name, _named(event.conference)

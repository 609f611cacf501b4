"""Rooms of MeetMe(): told by events of their own, not by those of ConfBridge()."""

from __future__ import annotations

from switchroom.ami.hub import Told
from switchroom.ami.reply import HeaderList
from switchroom.ami.snapshot import Snapshots
from switchroom.conference.events import (
    ConferenceEnded,
    ConferenceFacts,
    ConferenceJoined,
    ConferenceLeft,
    ConferenceMuted,
    ConferenceTalking,
)
from switchroom.conference.meetme import CREATOR


def is_meetme(facts: ConferenceFacts) -> bool:
    """Whether a conference is a room of MeetMe()."""
    return facts.creator == CREATOR


def ended(event: ConferenceEnded) -> Told:
    """The last one left."""
    return "MeetmeEnd", [("Meetme", event.conference.name)]


def joined(view: Snapshots, event: ConferenceJoined) -> Told:
    """A channel joined."""
    return "MeetmeJoin", _who(view, event)


def left(view: Snapshots, event: ConferenceLeft) -> Told:
    """A channel left."""
    return "MeetmeLeave", [*_who(view, event), _duration(event.duration)]


def muted(view: Snapshots, event: ConferenceMuted) -> Told:
    """A channel was muted, or no longer."""
    headers = [*_who(view, event), _duration(event.duration)]
    return "MeetmeMute", [*headers, ("Status", "on" if event.is_muted else "off")]


def talking(view: Snapshots, event: ConferenceTalking) -> Told:
    """A party began to talk, or stopped."""
    headers = [*_who(view, event), _duration(event.duration)]
    return "MeetmeTalking", [*headers, ("Status", "on" if event.is_talking else "off")]


def _who(
    view: Snapshots,
    event: ConferenceJoined | ConferenceLeft | ConferenceMuted | ConferenceTalking,
) -> HeaderList:
    facts = event.conference
    return [*view.named(event.channel), ("Meetme", facts.name), ("User", str(event.user))]


def _duration(seconds: float) -> tuple[str, str]:
    return "Duration", str(int(seconds))

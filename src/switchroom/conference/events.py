"""What conferences tell the node's bus."""

from __future__ import annotations

from dataclasses import dataclass

CREATOR = "ConfBridge"  #: of the bridges, as AMI tells it


@dataclass(frozen=True, slots=True)
class ConferenceFacts:
    """A conference as each of its events tells it."""

    name: str
    bridge: str  #: its unique id
    channels: int  #: in it, links included
    creator: str = CREATOR
    technology: str = "softmix"
    video_source_mode: str = "none"


@dataclass(frozen=True, slots=True)
class ConferenceStarted:
    """The first one came (AMI: ConfbridgeStart, BridgeCreate)."""

    conference: ConferenceFacts


@dataclass(frozen=True, slots=True)
class ConferenceEnded:
    """The last one left (AMI: ConfbridgeEnd, BridgeDestroy)."""

    conference: ConferenceFacts


@dataclass(frozen=True, slots=True)
class ConferenceJoined:
    """A channel joined (AMI: BridgeEnter, ConfbridgeJoin; MeetmeJoin)."""

    conference: ConferenceFacts
    channel: str
    unique_id: str
    user: int  #: its number in the conference
    is_admin: bool
    is_muted: bool


@dataclass(frozen=True, slots=True)
class ConferenceLeft:
    """A channel left (AMI: BridgeLeave, ConfbridgeLeave; MeetmeLeave)."""

    conference: ConferenceFacts
    channel: str
    unique_id: str
    user: int
    is_admin: bool
    duration: float  #: seconds


@dataclass(frozen=True, slots=True)
class ConferenceMuted:
    """A channel was muted, or no longer (AMI: ConfbridgeMute, ConfbridgeUnmute; MeetmeMute)."""

    conference: ConferenceFacts
    channel: str
    unique_id: str
    user: int
    is_admin: bool
    is_muted: bool
    duration: float


@dataclass(frozen=True, slots=True)
class ConferenceTalking:
    """A party began to talk, or stopped (AMI: ConfbridgeTalking; MeetmeTalking)."""

    conference: ConferenceFacts
    channel: str
    unique_id: str
    user: int
    is_admin: bool
    is_talking: bool
    duration: float


@dataclass(frozen=True, slots=True)
class ConferenceTalkRequested:
    """Somebody who is muted asks to talk (AMI: MeetmeTalkRequest)."""

    conference: ConferenceFacts
    channel: str
    unique_id: str
    user: int
    is_asking: bool
    duration: float


@dataclass(frozen=True, slots=True)
class ConferenceRecording:
    """A recording of all began, or ended (AMI: ConfbridgeRecord, ConfbridgeStopRecord)."""

    conference: ConferenceFacts
    is_running: bool
    path: str

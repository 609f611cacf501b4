"""Test mode: what happens, told as the states that harnesses of the original wait for."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.reply import HeaderList
from switchroom.ami.snapshot import Snapshots
from switchroom.conference.events import (
    ConferenceEnded,
    ConferenceJoined,
    ConferenceLeft,
    ConferenceMuted,
    ConferenceStarted,
)
from switchroom.parking.events import ParkingChanged
from switchroom.pbx.events import ContactChanged, FeatureKeyed, PlaybackStarted, TestState
from switchroom.pbx.harness import Harness
from switchroom.queues.entry import Entry
from switchroom.queues.events import (
    AgentCalled,
    AgentConnected,
    AgentDidNotAnswer,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
)
from switchroom.queues.queue import CallQueue


def _state(
    view: Snapshots, state: str, place: tuple[str, str], *headers: tuple[str, str], line: int = 0
) -> Iterator[Told]:
    if not view.pbx.datastore(Harness).tells:
        return
    front: HeaderList = [
        ("Type", "StateChange"),
        ("State", state),
        ("AppFile", place[0]),
        ("AppFunction", place[1]),
        ("AppLine", str(line)),
    ]
    yield "TestEvent", [*front, *headers]


@told_as(TestState, Privilege.REPORTING)
def state(view: Snapshots, event: TestState) -> Iterator[Told]:
    """A state that has no event of its own."""
    place = (event.file, event.function)
    return _state(view, event.state, place, *event.headers, line=event.line)


@told_as(PlaybackStarted, Privilege.REPORTING)
def playback(view: Snapshots, event: PlaybackStarted) -> Iterator[Told]:
    """A sound begins."""
    headers = [("Message", event.sound), ("Channel", event.channel)]
    return _state(view, "PLAYBACK", ("file.c", "ast_streamfile"), *headers)


@told_as(FeatureKeyed, Privilege.REPORTING)
def feature(view: Snapshots, event: FeatureKeyed) -> Iterator[Told]:
    """A code was keyed, or what looked like one was none."""
    result = "success" if event.is_known else "fail"
    place = ("bridge_channel.c", "testsuite_notify_feature_success")
    return _state(view, "FEATURE_DETECTION", place, ("Result", result), ("Feature", event.code))


_CONTACTS = {
    "Created": "AOR_CONTACT_ADDED",
    "Updated": "AOR_CONTACT_REFRESHED",
    "Removed": "AOR_CONTACT_REMOVED",
}


@told_as(ContactChanged, Privilege.REPORTING)
def contact(view: Snapshots, event: ContactChanged) -> Iterator[Told]:
    """A contact came or went."""
    name = _CONTACTS.get(event.status)
    if name is not None:
        place = ("res_pjsip_registrar.c", "register_aor_core")
        yield from _state(view, name, place, ("Contact", event.uri), ("AOR", event.aor))


_CONFERENCE = ("app_confbridge.c", "confbridge_exec")


@told_as(ConferenceStarted, Privilege.REPORTING)
def conference_started(view: Snapshots, event: ConferenceStarted) -> Iterator[Told]:
    """The first one came."""
    return _state(view, "CONF_START", _CONFERENCE, ("Conference", event.conference.name))


@told_as(ConferenceEnded, Privilege.REPORTING)
def conference_ended(view: Snapshots, event: ConferenceEnded) -> Iterator[Told]:
    """The last one left."""
    return _state(view, "CONF_END", _CONFERENCE, ("Conference", event.conference.name))


@told_as(ConferenceJoined, Privilege.REPORTING)
def conference_joined(view: Snapshots, event: ConferenceJoined) -> Iterator[Told]:
    """A channel joined."""
    headers = [("Conference", event.conference.name), ("Channel", event.channel)]
    return _state(view, "CONF_JOIN", _CONFERENCE, *headers)


@told_as(ConferenceLeft, Privilege.REPORTING)
def conference_left(view: Snapshots, event: ConferenceLeft) -> Iterator[Told]:
    """A channel left."""
    headers = [("Conference", event.conference.name), ("Channel", event.channel)]
    return _state(view, "CONF_LEAVE", _CONFERENCE, *headers)


@told_as(ConferenceMuted, Privilege.REPORTING)
def conference_muted(view: Snapshots, event: ConferenceMuted) -> Iterator[Told]:
    """A channel was muted, or no longer."""
    what = "muted" if event.is_muted else "unmuted"
    headers = [
        ("Message", f"participant {event.channel} {what}"),
        ("Conference", event.conference.name),
        ("Channel", event.channel),
    ]
    place = ("app_confbridge.c", "generic_mute_unmute_user")
    return _state(view, "CONF_MUTE", place, *headers)


@told_as(ParkingChanged, Privilege.REPORTING)
def parked(view: Snapshots, event: ParkingChanged) -> Iterator[Told]:
    """A call was parked, or stands in its space no more."""
    headers = [
        ("Channel", event.channel),
        ("ParkingLot", event.lot),
        ("ParkingSpace", str(event.space)),
    ]
    place = ("parking/parking_bridge.c", "publish_parked_call")
    return _state(view, event.change.name, place, *headers)


_QUEUE = ("app_queue.c", "queue_exec")


def _queue(
    view: Snapshots, state: str, queue: CallQueue, entry: Entry, *headers: tuple[str, str]
) -> Iterator[Told]:
    front = (("Queue", queue.name), ("Channel", entry.channel))
    return _state(view, state, _QUEUE, *front, *headers)


@told_as(CallerJoined, Privilege.REPORTING)
def caller_joined(view: Snapshots, event: CallerJoined) -> Iterator[Told]:
    """A caller waits in a queue."""
    position = ("Position", str(event.position))
    return _queue(view, "QUEUE_CALLER_JOIN", event.queue, event.entry, position)


@told_as(CallerLeft, Privilege.REPORTING)
def caller_left(view: Snapshots, event: CallerLeft) -> Iterator[Told]:
    """A caller waits no more."""
    return _queue(view, "QUEUE_CALLER_LEAVE", event.queue, event.entry)


@told_as(CallerAbandoned, Privilege.REPORTING)
def caller_abandoned(view: Snapshots, event: CallerAbandoned) -> Iterator[Told]:
    """A caller hung up."""
    return _queue(view, "QUEUE_CALLER_ABANDON", event.queue, event.entry)


@told_as(AgentCalled, Privilege.REPORTING)
def member_called(view: Snapshots, event: AgentCalled) -> Iterator[Told]:
    """A member's phone rings."""
    interface = ("Interface", event.member.interface)
    return _queue(view, "QUEUE_MEMBER_CALLED", event.queue, event.entry, interface)


@told_as(AgentDidNotAnswer, Privilege.REPORTING)
def member_did_not_answer(view: Snapshots, event: AgentDidNotAnswer) -> Iterator[Told]:
    """It rang in vain."""
    interface = ("Interface", event.member.interface)
    return _queue(view, "QUEUE_MEMBER_NOANSWER", event.queue, event.entry, interface)


@told_as(AgentConnected, Privilege.REPORTING)
def member_connected(view: Snapshots, event: AgentConnected) -> Iterator[Told]:
    """A member talks with the caller."""
    interface = ("Interface", event.member.interface)
    return _queue(view, "QUEUE_MEMBER_CONNECT", event.queue, event.entry, interface)

"""What happens in a conference, told to those in it: JSON texts within their calls.

A page in a browser shows by them who is there, who talks and who is muted. They go to whom
``send_events`` says so, in a bridge with ``enable_events``.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from switchroom.pbx.texting import ChannelText, send_text

if TYPE_CHECKING:
    from switchroom.conference.attendance import Attendance
    from switchroom.conference.conference import Conference

CONTENT_TYPE = "application/x-asterisk-confbridge-event+json"


class ParticipantEvents:
    """Of one conference.

    Args:
        conference: Which.
    """

    def __init__(self, conference: Conference) -> None:
        self._conference = conference

    def tell(self, name: str, about: Attendance | None = None, **details: str) -> None:
        """Tell all who want to know.

        Args:
            name: Of the event, as AMI calls it.
            about: Whom it is about, who hears of it only when his profile says so.
            details: What else the event says.
        """
        wanting = [
            each
            for each in self._conference.attendances.values()
            if each.member.profile.gets_events
            and (each is not about or each.member.profile.gets_own_events)
        ]
        if wanting:
            self._send(self._text(name, [about] if about is not None else [], details), wanting)

    def welcome(self, newcomer: Attendance) -> None:
        """Tell somebody who comes who is there already."""
        if newcomer.member.profile.gets_events:
            there = [each for each in self._conference.attendances.values() if each is not newcomer]
            self._send(self._text("ConfbridgeWelcome", there, {}), [newcomer])

    def _send(self, text: ChannelText, to: Iterable[Attendance]) -> None:
        for each in to:
            send_text(each.channel, text)

    def _text(self, name: str, about: Iterable[Attendance], details: dict[str, str]) -> ChannelText:
        facts = self._conference.facts
        body = {
            "type": name,
            "timestamp": _stamp(self._conference.pbx.now()),
            "bridge": {
                "id": facts.bridge,
                "name": facts.name,
                "bridge_type": "base",
                "creator": facts.creator,
                "technology": facts.technology,
                "video_mode": facts.video_source_mode,
            },
            "channels": [self._channel(each) for each in about],
            **details,
        }
        return ChannelText(json.dumps(body), CONTENT_TYPE, sender=facts.name)

    def _channel(self, attendance: Attendance) -> dict[str, Any]:
        channel, member = attendance.channel, attendance.member
        return {
            "id": channel.unique_id,
            "name": channel.name,
            "state": channel.state.text,
            "caller": {"name": channel.caller.name, "number": channel.caller.number},
            "creationtime": _stamp(channel.created_at),
            "language": channel.language,
            "admin": member.profile.admin,
            "muted": self._conference.room.is_silenced(member),
        }


def _stamp(at: float) -> str:
    moment = datetime.datetime.fromtimestamp(at).astimezone()
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}{moment:%z}"

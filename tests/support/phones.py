"""Phones that do what a test says, behind one channel technology."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from switchroom.media.api import Stream
from switchroom.pbx.channel import Channel, Progress, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Indication
from tests.support.fakes import FakeDriver, FakeStream


class Phone(FakeDriver):
    """One call at a phone; by itself it rings, and answers after ``answers_after`` seconds, in one go where that is 0."""

    channel: Channel

    def __init__(self, answers_after: float | None) -> None:
        super().__init__()
        self.answers_after = answers_after
        self.stream: FakeStream | None = None
        self.heard: list[str] = []
        self.rings = True

    async def dial(self) -> None:
        await super().dial()
        if self.rings:
            self.channel.on_progress(Progress.RINGING)
        if self.answers_after == 0:
            self.answers()
        elif self.answers_after is not None:
            asyncio.get_running_loop().call_later(self.answers_after, self.answers)

    async def open_stream(self) -> Stream:
        stream = await super().open_stream()
        assert isinstance(stream, FakeStream)
        self.stream = stream
        stream.on_digit_heard = self.heard.append
        return stream

    def answers(self) -> None:
        if not self.channel.is_hung_up:
            self.channel.on_progress(Progress.ANSWERED)

    def refuses(self, cause: HangupCause) -> None:
        if cause is HangupCause.USER_BUSY:
            self.channel.on_progress(Progress.BUSY, cause)
        self.channel.hangup(cause)

    def hangs_up(self) -> None:
        self.channel.hangup(HangupCause.NORMAL_CLEARING)

    def keys(self, digits: str) -> None:
        assert self.stream is not None
        for digit in digits:
            self.stream.key(digit)


class Phones:
    """The technology ``Phone``: who is not named is not there."""

    def __init__(self, **answers_after: float | None) -> None:
        self.known: Mapping[str, float | None] = answers_after
        self.calls: list[Phone] = []
        self.rings = True  #: or they are reached, and say nothing until they answer

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        if resource not in self.known:
            raise RequestError(f"nobody is {resource}", HangupCause.SUBSCRIBER_ABSENT)
        phone = Phone(self.known[resource])
        phone.rings = self.rings
        name = f"Phone/{resource}-{pbx.next_sequence('Phone'):08x}"
        phone.channel = Channel(pbx, name=name, driver=phone, context="default", extension="")
        if requestor is not None:
            phone.channel.extension = requestor.extension
        self.calls.append(phone)
        return phone.channel

    def __getitem__(self, name: str) -> Phone:
        """The newest call at a phone."""
        return next(
            call for call in reversed(self.calls) if call.channel.name.startswith(f"Phone/{name}-")
        )


def hears(first: Channel, second: Channel) -> bool:
    """Whether two channels are connected with each other, over Local channels or not."""
    start, goal = first.opened_stream, second.opened_stream
    assert isinstance(start, FakeStream)
    assert isinstance(goal, FakeStream)
    at = start.connected
    while at is not None and at is not goal:
        at = at.peer.connected if at.peer is not None else None
    return at is goal


def was_told(phone: FakeDriver, indication: Indication) -> bool:
    return indication.name.lower() in phone.told

"""Calls of phones whose audio is real: each has an RTP socket, and what it hears can be measured."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from switchroom.config.asterisk_conf import Directories
from switchroom.media.api import Stream
from switchroom.media.engine.engine import Engine
from switchroom.pbx.channel import Channel, ChannelState, Progress
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Technology
from tests.media.calls import make_engine, make_plan
from tests.media.rtp_party import RtpParty, rtp_party
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeDriver, make_pbx


class HeardPhone(FakeDriver):
    """A phone that answers at once and has a party at its other end."""

    channel: Channel

    def __init__(self, party: RtpParty) -> None:
        super().__init__()
        self.party = party
        self.is_over = asyncio.Event()

    async def dial(self) -> None:
        await super().dial()
        self.channel.on_progress(Progress.ANSWERED)

    async def open_stream(self) -> Stream:
        stream = await self.channel.pbx.engine.open_stream(
            "127.0.0.1", make_plan(self.party), self.channel.on_media_event
        )
        self.party.remote = stream.local_address
        return stream

    def hangup(self, cause: HangupCause) -> None:
        super().hangup(cause)
        self.is_over.set()


@dataclass(slots=True)
class HeardOffice:
    """A core with a real engine."""

    pbx: Pbx
    engine: Engine
    stack: AsyncExitStack
    phones: list[HeardPhone] = field(default_factory=list)

    async def call(self, extension: str, *, is_up: bool = True) -> HeardPhone:
        """Let a phone call an extension of context ``default``."""
        phone = HeardPhone(await self.stack.enter_async_context(rtp_party()))
        phone.channel = Channel(
            self.pbx,
            name=f"Heard/{extension}-{len(self.phones):08x}",
            driver=phone,
            extension=extension,
            state=ChannelState.UP if is_up else ChannelState.RING,
        )
        self.phones.append(phone)
        await phone.channel.stream()
        self.pbx.start(phone.channel)
        return phone


@asynccontextmanager
async def heard_office(
    conf: str,
    *,
    technologies: Mapping[str, Technology] | None = None,
    directories: Directories | None = None,
    timeout: float = 60.0,
) -> AsyncIterator[HeardOffice]:
    """A core whose dialplan is ``conf``; all must be over in ``timeout`` seconds."""
    async with (
        asyncio.timeout(timeout),
        make_engine() as engine,
        AsyncExitStack() as stack,
        make_pbx(
            make_interpreter(conf),
            technologies=technologies,
            directories=directories,
            engine=engine,
        ) as pbx,
    ):
        yield HeardOffice(pbx, engine, stack)
        for channel in list(pbx.channels.values()):
            channel.hangup()

"""Texts that travel beside the voice of a call: SendText, ReceiveText, and from party to party."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

MOST_WAITING = 64  #: texts of one channel that nobody has received yet


@dataclass(frozen=True, slots=True)
class ChannelText:
    """One text."""

    body: str
    content_type: str = "text/plain"
    sender: str = ""  #: a name to show
    receiver: str = ""


@runtime_checkable
class CanSendText(Protocol):
    """A driver whose party can get texts within the call."""

    async def send_text(self, text: ChannelText) -> bool:
        """Send one; returns whether the party took it."""
        ...


class _Inbox:
    """Of one channel."""

    def __init__(self) -> None:
        self.texts: deque[ChannelText] = deque(maxlen=MOST_WAITING)
        self.waiter: asyncio.Future[None] | None = None
        self.taker: Callable[[ChannelText], None] | None = None


def arrived(channel: Channel, text: ChannelText) -> None:
    """A driver tells that its party sent a text.

    The others of its bridge get it, or whoever takes its texts; else it waits.
    """
    party = party_of(channel)
    if party is not None and party.others:
        for other in party.others:
            send_text(other.channel, text)
        return
    inbox = channel.datastore(_Inbox)
    if inbox.taker is not None:
        inbox.taker(text)
        return
    inbox.texts.append(text)
    if inbox.waiter is not None and not inbox.waiter.done():
        inbox.waiter.set_result(None)


def take_texts(channel: Channel, taker: Callable[[ChannelText], None] | None) -> None:
    """Let somebody have the texts of a channel's party from now on; None: nobody any more."""
    channel.datastore(_Inbox).taker = taker


def send_text(channel: Channel, text: ChannelText) -> None:
    """Send a text to a channel's party, where it can get any, without waiting for it."""
    driver = channel.driver
    if isinstance(driver, CanSendText) and not channel.is_hung_up:
        channel.pbx.spawn(_pass_on(driver, text), name=f"text to {channel.name}")


async def _pass_on(driver: CanSendText, text: ChannelText) -> None:
    if not await driver.send_text(text):
        logger.info("a text was not taken")


async def next_text(channel: Channel, within: float | None) -> ChannelText | None:
    """The next text of a channel's party; None after ``within`` seconds without one."""
    inbox = channel.datastore(_Inbox)
    if not inbox.texts:
        waiter = inbox.waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within):
                await waiter
        except TimeoutError:
            return None
        finally:
            inbox.waiter = None
    return inbox.texts.popleft()

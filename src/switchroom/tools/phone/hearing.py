"""What the other side says and keys, and waits for it."""

from __future__ import annotations

import asyncio

from switchroom.media.api import DtmfEnded, MediaEvent, TalkingBegan, TalkingEnded

MOST_DIGITS = 1000  #: that are kept for a script that has not come to expect them


class Hearing:
    """Keeps what was heard in a call.

    Args:
        pause: Seconds of silence that end a prompt; talking is reported as ended so much later.
    """

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.digits = ""  #: keyed by the other side, and not taken by :meth:`expect_digits` yet
        self.is_talking = False
        self.prompts = 0  #: ended until now
        self._loop = asyncio.get_running_loop()
        self._silent_since = self._loop.time()
        self._waiting: asyncio.Future[None] | None = None

    def on_media_event(self, event: MediaEvent) -> None:
        """Take an event of the stream."""
        match event:
            case TalkingBegan():
                self.is_talking = True
            case TalkingEnded():
                self.is_talking = False
                self.prompts += 1
                self._silent_since = self._loop.time() - self.pause
            case DtmfEnded(digit):
                self.digits = (self.digits + digit)[-MOST_DIGITS:]
            case _:
                return
        self._wake()

    def on_digit(self, digit: str) -> None:
        """Take a digit that did not come by audio."""
        self.on_media_event(DtmfEnded(digit, 0.0))

    def on_call_ended(self) -> None:
        """The call is over: what was being said is at its end."""
        if self.is_talking:
            self.on_media_event(TalkingEnded(0.0))

    async def wait_for_prompts(self, count: int) -> None:
        """Return when so many prompts have ended from now on; one that runs now counts."""
        wanted = self.prompts + count
        while self.prompts < wanted:
            await self._change()

    async def wait_for_talking(self) -> None:
        """Return when somebody talks, at once where somebody does."""
        while not self.is_talking:
            await self._change()

    async def wait_for_silence(self, seconds: float) -> None:
        """Return when it was silent for so long, counted from now on."""
        began_at = self._loop.time()
        while True:
            silent_until = max(began_at, self._silent_since) + seconds
            if self.is_talking:
                await self._change()
            elif (left := silent_until - self._loop.time()) > 0:
                try:
                    async with asyncio.timeout(left):
                        await self._change()
                except TimeoutError:
                    continue
            else:
                return

    async def expect_digits(self, wanted: str) -> None:
        """Return when these digits were keyed one after the other; takes them and those before."""
        while wanted not in self.digits:
            await self._change()
        self.digits = self.digits.partition(wanted)[2]

    async def _change(self) -> None:
        """Return at the next event. One script waits at a time, and is woken before anybody else.

        So a script that waits for the last words of a call has heard them when it is told that the
        call has ended.
        """
        self._waiting = self._loop.create_future()
        await self._waiting

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

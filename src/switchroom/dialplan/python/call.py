"""A call, as the functions of a Python dialplan see it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from switchroom.dialplan.assignment import assign
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.events import NewExtension
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.technology import Indication

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPECIAL = frozenset('",\\')


class Moved(BaseException):
    """The call goes on elsewhere: ends the function; not meant to be caught."""


class Call:
    """One call. Everything that waits is awaited; all of it ends when the caller hangs up.

    A hangup cancels what the function waits for (:class:`asyncio.CancelledError`), so cleaning up
    stands in ``finally``; the extension ``h`` runs afterwards, as always.

    Args:
        channel: The caller's channel, with all it can do besides.
    """

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    # who and where

    @property
    def caller(self) -> CallerId:
        """Who calls: ``number`` and ``name``."""
        return self.channel.caller

    @property
    def context(self) -> str:
        """The context that the call is in."""
        return self.channel.context

    @property
    def extension(self) -> str:
        """What was dialled."""
        return self.channel.extension

    @property
    def id(self) -> str:
        """The call's unique id."""
        return self.channel.unique_id

    @property
    def language(self) -> str:
        """The language of the prompts; it may be set."""
        return self.channel.language

    @language.setter
    def language(self, value: str) -> None:
        self.channel.language = value

    # variables

    def __getitem__(self, name: str) -> str:
        """A channel variable, or a global one, or an empty string."""
        value = self.channel.variables.get(name)
        return self.channel.pbx.global_variables.get(name, "") if value is None else value

    def __setitem__(self, name: str, value: object) -> None:
        """Set a channel variable; ``_name`` and ``__name`` are inherited by what it dials."""
        self.channel.set_variable(name, str(value))

    async def get(self, name: str) -> str:
        """What ``${name}`` is, functions included: ``await call.get("DB(family/key)")``."""
        return await self.evaluate("${" + name + "}")

    async def set(self, name: str, value: object) -> None:
        """Set a variable, or write a function: ``await call.set("CALLERID(name)", "Bob")``."""
        with self._alive():
            waiting = assign(self.channel, name, str(value))
            if waiting is not None:
                await waiting

    async def evaluate(self, text: str) -> str:
        """A text with its ``${…}`` and ``$[…]`` substituted."""
        with self._alive():
            return await self.channel.pbx.dialplan.substitute(self.channel, text)

    # what a call does

    async def answer(self) -> None:
        """Accept the call."""
        await self._do(self.channel.answer())

    async def ringing(self) -> None:
        """Let the caller hear ringing."""
        await self._do(self.channel.indicate(Indication.RINGING))

    def hangup(self, cause: HangupCause = HangupCause.NORMAL_CLEARING) -> NoReturn:
        """End the call, and this function with it."""
        self.channel.hangup(cause)
        raise asyncio.CancelledError

    async def wait(self, seconds: float) -> None:
        """Wait; digits keyed meanwhile are dropped."""
        await self._do(self.channel.sleep(seconds))

    async def play(self, *sounds: str, interrupt: str = "") -> str:
        """Play sounds one after the other.

        Args:
            sounds: Prompts by name.
            interrupt: Digits that end it.

        Returns:
            The digit that ended it, or an empty string.

        Raises:
            SoundNotFoundError: There is no such sound.
        """
        with self._alive():
            for sound in sounds:
                if digit := await self.channel.play(sound, interrupt=interrupt):
                    return digit
        return ""

    async def read(
        self, *prompts: str, digits: int = 0, attempts: int = 1, within: float = 0
    ) -> str:
        """Play prompts and read what the caller keys, up to ``#`` or a number of digits.

        Args:
            prompts: Played first, until a key is pressed.
            digits: The most that are read; 0: no limit.
            attempts: How often it is asked.
            within: Seconds to wait for a digit; 0: the channel's own.
        """
        most = digits or ""
        await self.app("Read", "PYTHON_DIGITS", "&".join(prompts), most, "", attempts, within or "")
        return self["PYTHON_DIGITS"]

    async def say_number(self, number: int) -> None:
        """Say a number."""
        await self.app("SayNumber", number)

    async def say_digits(self, digits: str) -> None:
        """Say digits one by one."""
        await self.app("SayDigits", digits)

    async def dial(self, *resources: str, within: float | None = None, options: str = "") -> str:
        """Call somebody, and talk until one side ends it.

        Args:
            resources: ``"PJSIP/alice"``; all of them ring.
            within: Seconds they ring at most.
            options: Option letters of the application Dial; ``g`` lets the function go on after a
                conversation.

        Returns:
            ``${DIALSTATUS}``: ANSWER, BUSY, NOANSWER, CONGESTION, CHANUNAVAIL or CANCEL.
        """
        await self.app("Dial", "&".join(resources), "" if within is None else within, options)
        return self["DIALSTATUS"]

    async def app(self, name: str, *arguments: object) -> None:
        """Run a dialplan application.

        One that leads elsewhere, such as Goto or BackGround, ends this function.

        Args:
            name: ``"Playback"``.
            arguments: One is taken as it is, commas included; of several, those with commas are
                quoted.

        Raises:
            DialplanError: There is no such application, or its arguments are wrong.
        """
        data = _joined(arguments)
        with self._executing(name, data):
            waiting = self.channel.pbx.dialplan.start_application(self.channel, name, data)
            if waiting is not None:
                await waiting

    async def gosub(
        self, context: str, extension: str, priority: int | str = 1, *arguments: object
    ) -> str:
        """Run a Gosub routine of the dialplan to its Return().

        Returns:
            What it returned (``${GOSUB_RETVAL}``).

        Raises:
            LookupError: There is no such routine.
        """
        channel, dialplan = self.channel, self.channel.pbx.dialplan
        number = dialplan.find_priority(channel, context, extension, str(priority))
        if number is None or not dialplan.exists(channel, extension, number, context):
            raise LookupError(f"there is no routine {context},{extension},{priority}")
        place = (context, extension, number)
        with self._executing("Gosub", f"{context},{extension},{priority}"):
            return await dialplan.call_routine(channel, place, [str(each) for each in arguments])

    def goto(self, context: str, extension: str, priority: int | str = 1) -> NoReturn:
        """Go on elsewhere in the dialplan; ends this function.

        Raises:
            LookupError: There is no such label.
        """
        dialplan = self.channel.pbx.dialplan
        number = dialplan.find_priority(self.channel, context, extension, str(priority))
        if number is None:
            raise LookupError(f"there is no label {priority!r} in {extension}@{context}")
        self.channel.goto(context, extension, number)
        raise Moved

    # how it ends

    async def _do(self, work: Awaitable[None]) -> None:
        with self._alive():
            await work

    @contextmanager
    def _alive(self) -> Iterator[None]:
        """A hangup ends the function as a cancellation, which ``except Exception`` lets pass."""
        try:
            yield
        except HangupError:
            raise asyncio.CancelledError from None

    @contextmanager
    def _executing(self, application: str, data: str) -> Iterator[None]:
        """Show what is executed, in lists of channels and in the AMI's Newexten."""
        channel = self.channel
        before = channel.application, channel.data
        channel.application, channel.data = application, data
        events = channel.pbx.events
        if events.wants(NewExtension):
            position = (channel.context, channel.extension, channel.priority)
            event = NewExtension(channel.name, channel.unique_id, *position, application, data)
            events.publish(event)
        with self._alive():
            yield
        if channel.jumped:
            raise Moved
        channel.application, channel.data = before


def _joined(arguments: tuple[object, ...]) -> str:
    if len(arguments) == 1:
        return str(arguments[0])
    words = [_quoted(str(argument)) for argument in arguments]
    return ",".join(words).rstrip(",")


def _quoted(word: str) -> str:
    if not _SPECIAL.intersection(word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'

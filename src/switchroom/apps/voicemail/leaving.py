"""One caller who leaves a message: greeting, recording, delivery. No application itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from switchroom.apps.voicemail.recording import Ending, Take, TakePlan
from switchroom.apps.voicemail.voice import Voice
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import ALL_DIGITS, HangupError
from switchroom.voicemail.delivering import Recorded, deliver
from switchroom.voicemail.folders import INBOX, URGENT
from switchroom.voicemail.message import URGENT_FLAG, Message
from switchroom.voicemail.service import voicemail_of
from switchroom.voicemail.spool import fresh_id

logger = logging.getLogger(__name__)

_STATES = {"busy": "vm-isonphone", "unavail": "vm-isunavail"}


@dataclass(frozen=True, slots=True)
class Greeted:
    """What is heard before the recording."""

    kind: str = ""  #: ``busy``, ``unavail``, or empty for no greeting
    instructions: bool = True
    instructions_if_recorded: bool = True  #: where the greeting was recorded
    escape: str | None = None  #: keys lead to extensions of this context; empty: the channel's


class Leaving:
    """One message.

    Args:
        voice: To the caller.
        boxes: Who gets it.
        greeted: What is heard before.
    """

    def __init__(self, voice: Voice, boxes: Sequence[Mailbox], greeted: Greeted) -> None:
        self._voice = voice
        self._channel = voice.channel
        self._boxes = boxes
        self._box = boxes[0]
        self._greeted = greeted
        self._voicemail = voicemail_of(voice.channel.pbx)
        self.beep = "beep"
        self.gain_db = 0.0
        self.flag = ""
        self.is_reply = False  #: from within voicemail: nothing leads out of it

    async def run(self) -> None:
        """Greet, record, deliver; sets ``VMSTATUS``."""
        if digit := await self._greet():
            self._leave(digit)
            return
        await self._channel.answer()
        if self._box.options.most == 0:  # a mailbox that only greets
            self._end("SUCCESS")
            return
        if await self._is_full():
            await self._voice.say("vm-mailboxfull", keys="")
            return
        await self._record()

    def _end(self, status: str) -> None:
        self._channel.set_variable("VMSTATUS", status)

    async def _is_full(self) -> bool:
        folder = URGENT if self.flag == URGENT_FLAG else INBOX
        return await self._voicemail.messages_in(self._box, folder) >= self._box.options.most

    # before

    async def _greet(self) -> str:
        """Say what is to be said; gives the key by which the caller leaves."""
        keys = self._exits()
        names, is_recorded = await self._greeting()
        digit = await self._voice.say(*names, keys=keys + "#") if names else ""
        greeted = self._greeted
        wants = greeted.instructions and (greeted.instructions_if_recorded or not is_recorded)
        if not digit and wants:
            digit = await self._voice.say("vm-intro", keys=keys + "#")
        return "" if digit == "#" else digit

    async def _greeting(self) -> tuple[list[str], bool]:
        """The prompts, and whether their owner spoke them."""
        kind, find = self._greeted.kind, self._voicemail.greeting
        if not kind:
            return [], False
        recorded = await find(self._box, "temp") or await find(self._box, kind)
        if recorded is not None:
            return [recorded], True
        if (name := await find(self._box, "greet")) is not None:
            return [name, _STATES[kind]], False
        return ["vm-theperson", *self._voice.digits(self._box.number), _STATES[kind]], False

    def _exits(self) -> str:
        """The keys by which a caller leaves."""
        if self.is_reply:
            return ""
        keys = "*" if self._exists("a") else ""
        if self._has_operator:
            keys += "0"
        if self._greeted.escape is not None:
            dialplan, context = self._channel.pbx.dialplan, self._escape_context
            keys += "".join(
                digit
                for digit in ALL_DIGITS
                if digit not in keys + "#" and dialplan.exists(self._channel, digit, 1, context)
            )
        return keys

    @property
    def _has_operator(self) -> bool:
        return self._box.options.operator and self._exists("o") and not self.is_reply

    @property
    def _context(self) -> str:
        return self._box.options.exit_context or self._channel.context

    @property
    def _escape_context(self) -> str:
        return self._greeted.escape or self._channel.context

    def _exists(self, extension: str) -> bool:
        return self._channel.pbx.dialplan.exists(self._channel, extension, 1, self._context)

    def _leave(self, digit: str) -> None:
        self._end("USEREXIT")
        if digit == "0" and self._has_operator:
            self._channel.goto(self._context, "o", 1)
        elif digit == "*" and self._exists("a"):
            self._channel.goto(self._context, "a", 1)
        else:
            self._channel.goto(self._escape_context, digit, 1)

    # the message

    async def _record(self) -> None:
        options = self._box.options
        plan = TakePlan(
            beep=self.beep,
            longest=float(options.longest),
            shortest=float(options.shortest),
            reviews=options.review,
            may_cancel=self.is_reply,
            operator=self._has_operator,
            may_be_urgent=options.leave_urgent and not self.is_reply,
        )
        try:
            take = Take(self._voice, self._voicemail, self._box, plan)
        except OSError as error:  # the dialplan goes on, with VMSTATUS FAILED
            logger.error("mailbox %s: nothing can be recorded: %s", self._box.name, error)  # noqa: TRY400  # known
            return
        take.is_urgent = self.flag == URGENT_FLAG
        try:
            ending = await take.run()
        except (asyncio.CancelledError, HangupError):  # hung up: what was said counts
            await self._keep(take, Ending.SAVED)
            raise
        await self._keep(take, ending)
        if ending in {Ending.OPERATOR, Ending.DISCARDED}:
            self._leave("0")
        elif ending is Ending.SAVED and not options.review:
            await self._voice.say("auth-thankyou", keys="")

    async def _keep(self, take: Take, ending: Ending) -> None:
        """Deliver, whatever becomes of the call meanwhile."""
        if ending not in {Ending.SAVED, Ending.OPERATOR} or not take.is_long_enough:
            take.drop()
            return
        work = self._channel.pbx.spawn(self._deliver(take), name=f"message to {self._box.name}")
        await asyncio.shield(work)

    async def _deliver(self, take: Take) -> None:
        flag = URGENT_FLAG if take.is_urgent else self.flag if self.flag != URGENT_FLAG else ""
        recorded = Recorded(take.path, take.seconds, self.gain_db)
        folder = URGENT if take.is_urgent else INBOX
        message = self._message(round(take.seconds), flag)
        if await deliver(self._voicemail, recorded, message, self._boxes, folder):
            self._end("SUCCESS")
            self._voice.tell("VOICEMAIL_DELIVERED", ("Mailbox", self._box.name))

    def _message(self, seconds: int, flag: str) -> Message:
        channel = self._channel
        now = int(channel.pbx.now())
        caller = channel.caller
        return Message(
            id=fresh_id(now),
            mailbox=self._box.number,
            time=now,
            duration=seconds,
            caller=caller.all if caller.number or caller.name else "",
            context=channel.context,
            extension=channel.extension,
            priority=str(channel.priority),
            channel=channel.name,
            redirecting=channel.redirecting.sender.number or "unknown",
            category=variable(channel, "VM_CATEGORY"),
            flag=flag,
        )

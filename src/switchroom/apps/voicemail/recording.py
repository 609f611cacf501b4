"""Recording for voicemail: a take, and what is done with it. No application itself."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from switchroom.apps.voicemail.voice import Voice
from switchroom.base.errors import MediaError
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.media.files.editing import cut_end
from switchroom.voicemail.service import Voicemail

logger = logging.getLogger(__name__)

SUFFIX = ".wav"  #: of takes: it is whole after each write
ATTEMPTS = 10  #: to say something that its speaker is content with
LONGEST = 3600.0  #: seconds, where nothing limits a message: the disk is everybody's


class Ending(Enum):
    """What is to become of a take."""

    SAVED = auto()
    CANCELLED = auto()
    OPERATOR = auto()  #: it is saved, and the caller goes on to the operator
    DISCARDED = auto()  #: the caller goes on to the operator without it
    LEFT = auto()  #: the caller goes on by the key * without it


@dataclass(frozen=True, slots=True)
class TakePlan:
    """How a take is recorded, and what its speaker may do with it."""

    beep: str = "beep"  #: empty: none
    longest: float = 0.0  #: seconds; 0: any
    shortest: float = 0.0  #: seconds; a shorter one is said again, or dropped
    reviews: bool = True  #: its speaker may hear it and say it again
    may_cancel: bool = True
    operator: bool = False  #: 0 leads to the operator
    leaves_by_star: bool = False
    may_be_urgent: bool = False
    silence: float | None = None  #: seconds that end it; None: as voicemail.conf says
    unended: str = ""  #: a prompt for who ended it by no key


class Take:
    """What somebody says into a mailbox.

    Args:
        voice: To the speaker.
        voicemail: The node's.
        box: Whose folder keeps it meanwhile.
        plan: How it goes.
    """

    def __init__(self, voice: Voice, voicemail: Voicemail, box: Mailbox, plan: TakePlan) -> None:
        self._voice = voice
        self._channel = voice.channel
        self._plan = plan
        silence = plan.silence
        self._silence = voicemail.config.general.max_silence if silence is None else silence
        self.path: Path = voicemail.spool.temporary(box, SUFFIX)
        self.seconds = 0.0
        self.is_urgent = False

    @property
    def is_long_enough(self) -> bool:
        """Whether there is something to keep; a hangup may have ended it."""
        return self.seconds > 0 and self.seconds >= self._plan.shortest

    def drop(self) -> None:
        """Remove it."""
        self.path.unlink(missing_ok=True)

    async def run(self) -> Ending:
        """Record until its speaker is content."""
        for _ in range(ATTEMPTS):
            ended = await self._record()
            if ended == "0":
                return await self._ask_for_operator()
            if ended == "*":
                return Ending.LEFT
            if not self.is_long_enough:
                await self._voice.say("vm-tooshort", keys="")
                if not self._plan.reviews:
                    return Ending.CANCELLED
                self.drop()
                continue
            if not self._plan.reviews:
                return Ending.SAVED
            if self._plan.unended and not ended:
                await self._voice.say(self._plan.unended, keys="")
            ending = await self._review()
            if ending is not None:
                return ending
        return Ending.CANCELLED

    async def _record(self) -> str:
        """One attempt; gives the key that ended it."""
        plan = self._plan
        if plan.beep:
            await self._voice.say(plan.beep, keys="")
        keys = "#" + "0" * plan.operator + "*" * plan.leaves_by_star
        try:
            await self._channel.record(
                self.path,
                max_silence=self._silence or None,
                max_duration=plan.longest or LONGEST,
            )
        except MediaError as error:
            logger.warning("%s: a message cannot be recorded: %s", self._channel.name, error)
            return ""
        self._voice.tell("VOICEMAIL_RECORDING")
        cut = 0.0
        try:
            while True:
                ended = await self._channel.digit_or_recording_end()
                if not isinstance(ended, str):
                    cut = self._silence if ended.reason == "silence" else 0.0
                    return ""
                if ended in keys:
                    return ended
        finally:
            self.seconds = max(0.0, await self._channel.stop_recording() - cut)
            if cut:
                await asyncio.to_thread(cut_end, self.path, cut)
            self._voice.tell("VOICEMAIL_RECORDED", ("Duration", f"{self.seconds:.1f}"))

    async def _review(self) -> Ending | None:
        """The menu behind it; None: it is to be said again."""
        plan = self._plan
        said: list[str] = []  # what was done, in front of the menu
        while True:
            names, keys = [*said, "vm-review"], "123"
            said = []
            if plan.may_be_urgent:
                names.append("vm-review-nonurgent" if self.is_urgent else "vm-review-urgent")
                keys += "4"
            if plan.operator:
                names.append("vm-reachoper")
                keys += "0"
            if plan.may_cancel:
                names.append("vm-tocancelmsg")
                keys += "*"
            match await self._voice.choose(names, keys):
                case "1" | "":  # who says nothing more is content
                    await self._voice.say("vm-msgsaved", keys="")
                    return Ending.SAVED
                case "2":
                    said = [str(self.path.with_suffix(""))]
                case "3":
                    self.drop()
                    return None
                case "4":
                    self.is_urgent = not self.is_urgent
                    said = ["vm-marked-urgent" if self.is_urgent else "vm-marked-nonurgent"]
                case "0":
                    return await self._ask_for_operator()
                case _:
                    return Ending.CANCELLED

    async def _ask_for_operator(self) -> Ending:
        """Whether to keep it on the way to the operator."""
        if self.is_long_enough and await self._voice.choose(["vm-saveoper"], "1", tries=1):
            await self._voice.say("vm-msgsaved", keys="")
            return Ending.OPERATOR
        await self._voice.say("vm-deleted", keys="")
        return Ending.DISCARDED

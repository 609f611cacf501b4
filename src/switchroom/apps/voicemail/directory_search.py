"""The talk with whoever looks for somebody in the directory. No application itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from switchroom.apps.voicemail.voice import Voice
from switchroom.config.voicemail.mailboxes import Mailbox, VoicemailConfig
from switchroom.media.saying.spelling import letters
from switchroom.voicemail.directory import Searched, search
from switchroom.voicemail.service import voicemail_of

_TRIES = 3
_LETTERS = 3
_AT_ONCE = 8  #: names in a menu; 9 is for more of them
_BETWEEN = 3.0  #: seconds that may pass between two letters

_ASKED = {
    Searched.FIRST: "dir-first",
    Searched.LAST: "dir-last",
    Searched.FIRST | Searched.LAST: "dir-firstlast",
}


class DirectoryResult(StrEnum):
    """``DIRECTORY_RESULT``."""

    SELECTED = "SELECTED"
    OPERATOR = "OPERATOR"
    ASSISTANT = "ASSISTANT"
    TIMEOUT = "TIMEOUT"
    USEREXIT = "USEREXIT"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class DirectoryPlan:
    """Who is looked for where, and how it is said."""

    context: str
    searched: Searched = Searched.LAST
    letters: int = _LETTERS
    says_extension: bool = False
    is_menu: bool = False  #: several names at once instead of one after the other
    pause: float = 0.0  #: seconds before it is asked
    exits: str = ""  #: which of ``0`` and ``*`` lead out


class Search:
    """One caller who looks for somebody.

    Args:
        voice: To the caller.
        plan: How.
        config: Whose mailboxes; None: the node's.
    """

    def __init__(
        self, voice: Voice, plan: DirectoryPlan, config: VoicemailConfig | None = None
    ) -> None:
        self._voice = voice
        self._plan = plan
        self._voicemail = voicemail_of(voice.channel.pbx)
        self._config = config or self._voicemail.config
        self.result = DirectoryResult.FAILED

    async def run(self) -> Mailbox | None:
        """Ask until somebody is chosen; None for every other end, which ``result`` tells."""
        if self._plan.pause:
            await self._voice.channel.sleep(self._plan.pause)
        for _ in range(_TRIES):
            keyed = await self._read()
            if not keyed:
                return None
            found = search(await self._people(), keyed, self._plan.searched)
            if not found:
                await self._voice.say("dir-nomatch", keys="")
                continue
            choose = self._choose_from_menu if self._plan.is_menu else self._choose_one
            if (chosen := await choose(found)) is not None:
                self.result = DirectoryResult.SELECTED
                return chosen
            if self.result is DirectoryResult.USEREXIT:
                return None
            await self._voice.say("dir-nomore", keys="")
        self.result = DirectoryResult.FAILED
        return None

    async def _people(self) -> Iterable[Mailbox]:
        if self._config is self._voicemail.config:
            return await self._voicemail.people(self._plan.context)
        return self._config.in_context(self._plan.context)

    async def _read(self) -> str:
        """The letters; nothing where the caller leaves, or says nothing."""
        intro = self._config.general.prompts["directoryintro"]
        asked = _ASKED[self._plan.searched & (Searched.FIRST | Searched.LAST)]
        number = self._voice.number(self._plan.letters)
        names = (
            [intro] if intro
            else ["dir-welcome", "dir-pls-enter", *number, asked, "dir-usingkeypad"]
        )  # fmt: skip
        first = ""
        for _ in range(_TRIES):
            first = await self._voice.say(*names) or await self._voice.key(5.0)
            if first:
                break
        if first in set(self._plan.exits) | {"", "#"}:
            self.result = _BY_KEY.get(first, DirectoryResult.TIMEOUT)
            return ""
        keyed = first
        while len(keyed) < self._plan.letters:
            digit = await self._voice.key(_BETWEEN)
            if digit in {"", "#"}:
                break
            keyed += digit
        return keyed

    async def _name(self, box: Mailbox) -> list[str]:
        """A person: by voice, or letter by letter."""
        recorded = await self._voicemail.greeting(box, "greet")
        names = [recorded] if recorded is not None else letters(box.full_name)
        if self._plan.says_extension:
            names += ["dir-multi3", *self._voice.digits(box.number)]
        return names

    async def _choose_one(self, found: Sequence[Mailbox]) -> Mailbox | None:
        """One after the other."""
        for box in found:
            key = await self._voice.choose([*await self._name(box), "dir-instr"], "1*#")
            if key == "1":
                return box
            if key in {"#", ""}:
                self.result = DirectoryResult.USEREXIT if key else DirectoryResult.TIMEOUT
                if key:
                    return None
        return None

    async def _choose_from_menu(self, found: Sequence[Mailbox]) -> Mailbox | None:
        """Several at once."""
        for start in range(0, len(found), _AT_ONCE):
            block = found[start : start + _AT_ONCE]
            names: list[str] = []
            for number, box in enumerate(block, 1):
                names += ["dir-multi1", *self._voice.number(number), "dir-multi2"]
                names += await self._name(box)
            keys = "".join(str(number) for number in range(1, len(block) + 1)) + "*#"
            if start + _AT_ONCE < len(found):
                names.append("dir-multi9")
                keys += "9"
            key = await self._voice.choose(names, keys)
            if key == "#":
                self.result = DirectoryResult.USEREXIT
                return None
            if key.isdigit() and key != "9":
                return block[int(key) - 1]
            if key != "9":
                return None
        return None


_BY_KEY = {
    "0": DirectoryResult.OPERATOR,
    "*": DirectoryResult.ASSISTANT,
    "#": DirectoryResult.USEREXIT,
}

"""How voicemail talks with whoever calls: prompts, keys, numbers. No application itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from switchroom.apps.prompts import play_prompts
from switchroom.apps.read import ask
from switchroom.config.voicemail.mailboxes import Mailbox
from switchroom.media.saying.date_format import say_moment
from switchroom.media.saying.errors import CannotSayError
from switchroom.media.saying.gender import Gender
from switchroom.media.saying.registry import language_for
from switchroom.media.saying.spelling import digits
from switchroom.pbx.channel import ALL_DIGITS, Channel
from switchroom.pbx.harness import tell_state
from switchroom.voicemail.folders import folder_prompt
from switchroom.voicemail.service import Voicemail
from switchroom.voicemail.spool import Counts

PATIENCE = 6.0  #: seconds that a menu waits for a key
TRIES = 3  #: times that it is said
MOST_DIGITS = 80
DATE_LAYOUT = "'vm-received' q 'digits/at' IMp"  #: where the mailbox's zone has none

#: What gender "message" has, where the number in front of it agrees; by a language's first code.
_GENDERS = {
    **dict.fromkeys(("de", "cs", "pt", "pt_BR", "pl", "he"), Gender.FEMININE),
    **dict.fromkeys(("es", "it"), Gender.MASCULINE),
    **dict.fromkeys(("ru", "gr", "sv", "da"), Gender.NEUTER),
}


class Voice:
    """Speaks to one channel.

    Args:
        channel: It.
        application: Who speaks, for the log.
    """

    def __init__(self, channel: Channel, application: str) -> None:
        self.channel = channel
        self._application = application

    async def say(self, *names: str, keys: str = ALL_DIGITS) -> str:
        """Say prompts one after the other; gives the key that ended them, or nothing."""
        played = await play_prompts(self.channel, names, self._application, interrupt=keys)
        return self._pressed(played.digit)

    async def read(self, *names: str, most: int = MOST_DIGITS, leaves_by_star: bool = False) -> str:
        """Say prompts, and read digits until ``#`` or silence; ``*`` alone where it leads out."""
        ends = "#*" if leaves_by_star else "#"
        digits, ended = await ask(self.channel, list(names), most, ends, 0.0)
        return ended if ended == "*" else digits

    async def choose(self, names: Sequence[str], keys: str, *, tries: int = TRIES) -> str:
        """Say a menu until a key that is in it; nothing when nobody presses one."""
        self.tell("VOICEMAIL_MENU", ("Prompts", "&".join(names)))
        for _ in range(tries):
            digit = await self.say(*names) or await self.key()
            if digit in keys and digit:
                return digit
            if digit:
                await self.say("vm-sorry", keys="")
        return ""

    async def key(self, within: float = PATIENCE) -> str:
        """Wait for a key; gives nothing when none comes."""
        return self._pressed(await self.channel.read_digit(within) or "")

    def _pressed(self, digit: str) -> str:
        if digit:
            self.tell("USERPRESS", ("Message", f"User pressed {digit}"), ("DTMF", digit))
        return digit

    def tell(self, state: str, *headers: tuple[str, str]) -> None:
        """In test mode: a state is reached."""
        place = ("app_voicemail.c", self._application)
        channel = ("Channel", self.channel.name)
        tell_state(self.channel.pbx, state, channel, *headers, place=place)

    # what is said

    def number(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """The prompts of a number."""
        try:
            return language_for(self.channel.language).number(value, gender)
        except CannotSayError:
            return []

    def digits(self, text: str) -> list[str]:
        """The prompts of digits, one by one."""
        return digits(text)

    def messages(self, count: int, folder: str) -> list[str]:
        """The prompts of "three new messages"."""
        codes = language_for(self.channel.language).codes
        gender = _GENDERS.get(codes[0], Gender.NONE)
        noun = "vm-message" if count == 1 else "vm-messages"
        number = self.number(count, gender) if count else ["vm-no"]
        return [*number, folder_prompt(folder), noun]

    def waiting(self, counts: Counts) -> list[str]:
        """The prompts of what a mailbox has."""
        parts: list[list[str]] = []
        if counts.urgent:
            parts.append(self.messages(counts.urgent, "Urgent"))
        if counts.new:
            parts.append(self.messages(counts.new, "INBOX"))
        if counts.old:
            parts.append(self.messages(counts.old, "Old"))
        if not parts:
            return ["vm-youhave", "vm-no", "vm-messages"]
        names = ["vm-youhave", *parts[0]]
        for part in parts[1:]:
            names += ["vm-and", *part]
        return names

    def moment(self, voicemail: Voicemail, box: Mailbox, seconds: int) -> list[str]:
        """The prompts of when a message came, as its owner wants to hear it."""
        zone, layout = voicemail.zone_of(box)
        now = datetime.fromtimestamp(self.channel.pbx.now(), UTC).astimezone(zone)
        when = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
        language = language_for(self.channel.language)
        return say_moment(language, when, layout or DATE_LAYOUT, today=now.date())

    async def name_of(self, voicemail: Voicemail, box: Mailbox) -> list[str]:
        """The recorded name of an owner, or the digits of the mailbox."""
        recorded = await voicemail.greeting(box, "greet")
        return [recorded] if recorded is not None else self.digits(box.number)

"""Who calls: name and number as shown, and the numbers that travel beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_QUOTED = re.compile(r'^\s*"(?P<name>(?:[^"\\]|\\.)*)"\s*(?:<(?P<number>[^>]*)>)?\s*$')
_ANGLED = re.compile(r"^\s*(?P<name>[^<]*?)\s*<(?P<number>[^>]*)>\s*$")


ALLOWED_NOT_SCREENED = 0x00
NOT_AVAILABLE = 0x43  #: the presentation of a party that nobody told anything about
RESTRICTION = 0x60  #: the bits of a presentation that allow or prohibit
PROHIBITED = 0x20  #: of :data:`RESTRICTION`: nobody is to know
SCREENING = 0x03  #: the bits that tell who vouches for the number

#: Which of name and number decides how a party is presented: the stricter one.
_STRICTEST_FIRST = (0x20, 0x00, 0x40)

_PRESENTATIONS = {0x00: "Presentation Allowed", 0x20: "Presentation Prohibited"}
_SCREENINGS = ("Not Screened", "Passed Screen", "Failed Screen", "Network Number")


def presentation_text(presentation: int) -> str:
    """``Presentation Allowed, Not Screened``: as AMI tells it."""
    allowed = _PRESENTATIONS.get(presentation & RESTRICTION)
    if allowed is None:
        return "Number Unavailable" if presentation == NOT_AVAILABLE else "unknown"
    return f"{allowed}, {_SCREENINGS[presentation & SCREENING]}"


@dataclass(frozen=True, slots=True)
class Subaddress:
    """The part of an ISDN number behind the exchange; parties that have none share one."""

    text: str = ""
    is_valid: bool = False
    kind: int = 0  #: 0: NSAP, 2: user specified
    is_odd: bool = False


@dataclass(slots=True)
class PartyId:
    """Name and number of one party; whether they are known, and who may see them."""

    name: str = ""
    number: str = ""
    name_known: bool | None = None  #: None: where there is one
    number_known: bool | None = None
    name_charset: str = "iso8859-1"
    name_presentation: int = ALLOWED_NOT_SCREENED
    number_presentation: int = ALLOWED_NOT_SCREENED
    number_plan: int = 0
    subaddress: Subaddress = Subaddress()
    tag: str = ""  #: what the dialplan calls the party by; never sent

    @property
    def is_name_known(self) -> bool:
        """Whether the name was told, even if it is empty."""
        return bool(self.name) if self.name_known is None else self.name_known

    @property
    def is_number_known(self) -> bool:
        """Whether the number was told, even if it is empty."""
        return bool(self.number) if self.number_known is None else self.number_known

    @property
    def presentation(self) -> int:
        """How the whole party is presented."""
        number_screening = self.number_presentation & SCREENING if self.is_number_known else 0
        ranked = [
            _STRICTEST_FIRST.index(presentation & RESTRICTION)
            for known, presentation in (
                (self.is_number_known, self.number_presentation),
                (self.is_name_known, self.name_presentation),
            )
            if known and presentation & RESTRICTION in _STRICTEST_FIRST
        ]
        value = _STRICTEST_FIRST[min(ranked)] if ranked else 0x40
        return NOT_AVAILABLE if value == 0x40 else value | number_screening

    @property
    def all(self) -> str:
        """``"Name" <number>``, as a console shows it."""
        return f'"{self.name}" <{self.number}>' if self.name else f"<{self.number}>"

    def copy(self) -> PartyId:
        """Another one that says the same."""
        return PartyId(
            self.name, self.number, self.name_known, self.number_known, self.name_charset,
            self.name_presentation, self.number_presentation, self.number_plan, self.subaddress,
            self.tag,
        )  # fmt: skip


@dataclass(slots=True)
class Dialed:
    """The number that was dialled (DNID)."""

    number: str = ""
    plan: int = 0
    subaddress: Subaddress = Subaddress()

    def copy(self) -> Dialed:
        """Another one that says the same."""
        return Dialed(self.number, self.plan, self.subaddress)


@dataclass(slots=True)
class CallerId(PartyId):
    """The identity of a channel's party, and those that travel beside it."""

    private: PartyId = field(default_factory=PartyId)  #: never leaves this system
    ani: PartyId = field(
        default_factory=PartyId
    )  #: automatic number identification: who is charged
    ani2: int = 0  #: what kind of line that is
    dialed: Dialed = field(default_factory=Dialed)

    @property
    def dnid(self) -> str:
        """The number that was dialled."""
        return self.dialed.number

    @dnid.setter
    def dnid(self, number: str) -> None:
        self.dialed.number = number

    def copy(self) -> CallerId:
        """Another one that says the same; each channel is made with one, so it is quick."""
        return CallerId(
            self.name, self.number, self.name_known, self.number_known, self.name_charset,
            self.name_presentation, self.number_presentation, self.number_plan, self.subaddress,
            self.tag, self.private.copy(), self.ani.copy(), self.ani2, self.dialed.copy(),
        )  # fmt: skip


@dataclass(slots=True)
class Redirecting:
    """Whom a call was diverted from and to, why, and how often."""

    origin: PartyId = field(default_factory=PartyId)
    sender: PartyId = field(default_factory=PartyId)  #: who diverted it last: ``from``
    target: PartyId = field(default_factory=PartyId)  #: ``to``
    private_origin: PartyId = field(default_factory=PartyId)
    private_sender: PartyId = field(default_factory=PartyId)
    private_target: PartyId = field(default_factory=PartyId)
    reason: str = "unknown"
    origin_reason: str = "unknown"
    count: int = 0

    def copy(self) -> Redirecting:
        """Another one that says the same."""
        return Redirecting(
            self.origin.copy(), self.sender.copy(), self.target.copy(), self.private_origin.copy(),
            self.private_sender.copy(), self.private_target.copy(), self.reason,
            self.origin_reason, self.count,
        )  # fmt: skip


def parse_caller_id(text: str) -> CallerId:
    """Read ``"Alice" <100>``, ``Alice <100>`` or ``100`` (the ``callerid`` option of a phone)."""
    match = _QUOTED.match(text) or _ANGLED.match(text)
    if match is not None:
        name = re.sub(r"\\(.)", r"\1", match["name"])
        return CallerId(name=name, number=(match["number"] or "").strip())
    text = text.strip()
    if re.fullmatch(r"[0-9*#+() .-]+", text):
        return CallerId(number=text)
    return CallerId(name=text)

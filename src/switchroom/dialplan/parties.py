"""Name, number and the rest of a party, as CALLERID and its like read and write them by path.

A path is what stands in the parentheses, split at its dashes: ``name``, ``num-pres``,
``subaddr-odd``. What it does not name reads as None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.pbx.caller_id import Dialed, PartyId, Subaddress, parse_caller_id

Path = tuple[str, ...]

PRESENTATIONS: Mapping[str, int] = MappingProxyType(
    {
        "allowed_not_screened": 0x00, "allowed_passed_screen": 0x01,
        "allowed_failed_screen": 0x02, "allowed": 0x03, "prohib_not_screened": 0x20,
        "prohib_passed_screen": 0x21, "prohib_failed_screen": 0x22, "prohib": 0x23,
        "unavailable": 0x43,
    }
)  # fmt: skip
_NAME_OF_PRESENTATION = {value: name for name, value in PRESENTATIONS.items()}

CHARSETS = (
    "unknown", "iso8859-1", "withdrawn", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5",
    "iso8859-7", "bmp", "utf8",
)  # fmt: skip

_PUNCTUATION = re.compile(r"[( )]|-(?![^\[]*\])|\.(?=.)")
_PHONE_NUMBER = re.compile(r"[0-9*#+() .\-]+")


def path_of(text: str) -> Path:
    """``num-pres`` as ``("num", "pres")``, in lower case."""
    words = text.strip().lower().split("-")
    return tuple("num" if word == "number" else word for word in words)


def full_text(party: PartyId) -> str:
    """``"Name" <number>``, quotes and brackets even where there is nothing between them."""
    return f'"{party.name}" <{party.number}>'


def presentation_name(value: int) -> str:
    """``allowed_passed_screen`` and so on."""
    # All that are not available are one, whoever vouches for them.
    return _NAME_OF_PRESENTATION.get(value & 0x63, "unavailable")


def parse_presentation(text: str) -> int:
    """A presentation by name or number.

    Raises:
        DialplanError: There is none of that name.
    """
    text = text.strip()
    found = leading_int(text) if text[:1].isdigit() else PRESENTATIONS.get(text.lower())
    if found is None:
        raise DialplanError(f"{text!r} is no presentation; {', '.join(PRESENTATIONS)} are")
    return found


def parse_party(text: str) -> tuple[str, str]:
    """Name and number of ``"Name" <number>``; a telephone number loses its punctuation."""
    parsed = parse_caller_id(text.strip())
    number = parsed.number
    if _PHONE_NUMBER.fullmatch(number):
        number = _PUNCTUATION.sub("", number)
    return parsed.name, number


def read_party(party: PartyId, path: Path) -> str | None:  # noqa: PLR0911  # one line a path
    """What a path names in a party; None where it names nothing."""
    match path:
        case ("all",):
            return full_text(party)
        case ("name",):
            return party.name
        case ("name", "valid"):
            return str(int(party.is_name_known))
        case ("name", "charset"):
            return party.name_charset
        case ("name", "pres"):
            return presentation_name(party.name_presentation)
        case ("num", *rest):
            return _read_number(party, tuple(rest))
        case ("pres",):
            return presentation_name(party.presentation)
        case ("subaddr", *rest):
            return read_subaddress(party.subaddress, tuple(rest))
        case ("tag",):
            return party.tag
        case _:
            return None


def _read_number(party: PartyId, path: Path) -> str | None:
    match path:
        case ():
            return party.number
        case ("valid",):
            return str(int(party.is_number_known))
        case ("plan",):
            return str(party.number_plan)
        case ("pres",):
            return presentation_name(party.number_presentation)
        case _:
            return None


def read_subaddress(subaddress: Subaddress, path: Path) -> str | None:
    """What a path names in a subaddress."""
    match path:
        case ():
            return subaddress.text
        case ("valid",):
            return str(int(subaddress.is_valid))
        case ("type",):
            return str(subaddress.kind)
        case ("odd",):
            return str(int(subaddress.is_odd))
        case _:
            return None


def read_dialed(dialed: Dialed, path: Path) -> str | None:
    """What a path names in the dialled number."""
    match path:
        case () | ("num",):
            return dialed.number
        case ("num", "plan"):
            return str(dialed.plan)
        case ("subaddr", *rest):
            return read_subaddress(dialed.subaddress, tuple(rest))
        case _:
            return None


def write_party(party: PartyId, path: Path, value: str) -> bool:
    """Set what a path names; says whether it names anything.

    Raises:
        DialplanError: It cannot have that value.
    """
    match path:
        case ("all",):
            party.name, party.number = parse_party(value)
            party.name_known = party.number_known = True
        case ("name", *rest):
            return _write_name(party, tuple(rest), value)
        case ("num", *rest):
            return _write_number(party, tuple(rest), value)
        case ("pres",):
            party.name_presentation = party.number_presentation = parse_presentation(value)
        case ("subaddr", *rest):
            return _write_subaddress(party, tuple(rest), value)
        case ("tag",):
            party.tag = value
        case _:
            return False
    return True


def _write_name(party: PartyId, path: Path, value: str) -> bool:
    match path:
        case ():
            party.name = value
            party.name_known = True
        case ("valid",):
            party.name_known = bool(leading_int(value))
        case ("charset",):
            charset = value.strip().lower()
            if charset not in CHARSETS:
                raise DialplanError(f"{value!r} is no character set; {', '.join(CHARSETS)} are")
            party.name_charset = charset
        case ("pres",):
            party.name_presentation = parse_presentation(value)
        case _:
            return False
    return True


def _write_number(party: PartyId, path: Path, value: str) -> bool:
    match path:
        case ():
            party.number = value.strip()
            party.number_known = True
        case ("valid",):
            party.number_known = bool(leading_int(value))
        case ("plan",):
            party.number_plan = leading_int(value) or 0
        case ("pres",):
            party.number_presentation = parse_presentation(value)
        case _:
            return False
    return True


def _write_subaddress(party: PartyId | Dialed, path: Path, value: str) -> bool:
    """Set what a path names in a party's subaddress; says whether it names anything."""
    found = party.subaddress
    match path:
        case ():
            party.subaddress = replace(found, text=value, is_valid=True)
        case ("valid",):
            party.subaddress = replace(found, is_valid=bool(leading_int(value)))
        case ("type",):
            party.subaddress = replace(found, kind=2 if leading_int(value) == 2 else 0)
        case ("odd",):
            party.subaddress = replace(found, is_odd=bool(leading_int(value)))
        case _:
            return False
    return True


def write_dialed(dialed: Dialed, path: Path, value: str) -> bool:
    """Set what a path names in the dialled number; says whether it names anything."""
    match path:
        case () | ("num",):
            dialed.number = value.strip()
        case ("num", "plan"):
            dialed.plan = leading_int(value) or 0
        case ("subaddr", *rest):
            return _write_subaddress(dialed, tuple(rest), value)
        case _:
            return False
    return True

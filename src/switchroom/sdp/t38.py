"""Fax over UDPTL in offer and answer (ITU-T T.38 annex D): it is passed on, as its terms are."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.sdp.sections import Section

ERROR_CORRECTION = {"none": "", "fec": "t38UDPFEC", "redundancy": "t38UDPRedundancy"}

_MAX_DATAGRAM = "T38FaxMaxDatagram"
_EC = "T38FaxUdpEC"


def is_fax(section: Section) -> bool:
    """Whether it is T.38 over UDPTL, and not refused."""
    is_t38 = "t38" in {each.lower() for each in section.formats}
    return section.kind == "image" and section.protocol == "UDPTL" and is_t38 and section.port > 0


def fax_index(sections: Sequence[Section]) -> int | None:
    """Which section asks for fax instead of audio; None: none does, or audio is to go on."""
    if any(each.kind == "audio" and each.port for each in sections):
        return None
    return next((index for index, each in enumerate(sections) if is_fax(each)), None)


def fax_terms(section: Section) -> list[str]:
    """What a party asks for, to be passed on."""
    return [each for each in section.attributes if each.upper().startswith("T38")]


def fax_lines(
    port: int, terms: Sequence[str], *, max_datagram: int = 0, error_correction: str = ""
) -> list[str]:
    """A section of an offer or an answer.

    Args:
        port: Where we want it.
        terms: The other party's.
        max_datagram: Octets to tell instead of what the terms say; 0: as they say.
        error_correction: Value of ``T38FaxUdpEC`` where the terms name none.
    """
    kept = list(terms)
    if max_datagram:
        kept = [each for each in kept if not each.startswith(f"{_MAX_DATAGRAM}:")]
        kept.append(f"{_MAX_DATAGRAM}:{max_datagram}")
    if error_correction and not any(each.startswith(f"{_EC}:") for each in kept):
        kept.append(f"{_EC}:{error_correction}")
    return [f"m=image {port} udptl t38", *(f"a={each}" for each in kept)]

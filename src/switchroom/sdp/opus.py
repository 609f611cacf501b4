"""What a party wants of Opus that is sent to it (RFC 7587 §6.1)."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_BITS = 6000  #: a second; less the codec does not do


@dataclass(frozen=True, slots=True)
class OpusTerms:
    """Of its ``a=fmtp``; how many channels it prefers does not matter to who sends one."""

    most_bits: int = 0  #: a second; 0: it does not mind
    playback_rate: int = 0  #: hertz of samples that it can play; 0: all
    wants_repeats: bool = True  #: packets that repeat the one before in brief
    is_constant: bool = False  #: each packet as long as the other


def parse_opus(parameters: str) -> OpusTerms:
    """Read ``maxaveragebitrate=20000;useinbandfec=1``; what is no number counts as left out."""
    values: dict[str, int] = {}
    for part in parameters.split(";"):
        name, _, text = part.strip().partition("=")
        text = text.strip()
        if text.isascii() and text.isdigit() and len(text) < 8:
            values[name.strip().lower()] = int(text)
    bits = values.get("maxaveragebitrate", 0)
    return OpusTerms(
        most_bits=max(bits, LEAST_BITS) if bits else 0,
        playback_rate=values.get("maxplaybackrate", 0),
        wants_repeats=values.get("useinbandfec", 0) == 1,
        is_constant=values.get("cbr", 0) == 1,
    )

"""What callers say: spoken by espeak-ng as prompts are (``en``), once, since it never says a thing
twice in the same way; and kept as a telephone carries it."""

from __future__ import annotations

from pathlib import Path

from switchroom.media.codecs.samples import decode

_FOLDER = Path(__file__).parent / "said"


def voice(text: str) -> bytes:
    """Linear samples at 8,000 Hz."""
    return decode("PCMU", (_FOLDER / f"{text.replace(' ', '-')}.ulaw").read_bytes())

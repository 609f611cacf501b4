"""``direct_media_glare_mitigation``."""

from __future__ import annotations

from enum import StrEnum


class Glare(StrEnum):
    """Which of our calls make no such offers, so that two servers do not cross; as configured."""

    NONE = "none"
    OUTGOING = "outgoing"
    INCOMING = "incoming"

"""The grammatical gender of what is counted."""

from __future__ import annotations

from enum import StrEnum


class Gender(StrEnum):
    """Its letter is what SayNumber takes as its second argument."""

    NONE = ""  #: counting without a noun
    FEMININE = "f"
    MASCULINE = "m"
    NEUTER = "n"
    COMMON = "c"  #: Nordic languages: neither of a neuter
    PLURAL = "p"  #: German enumerations

    @classmethod
    def of(cls, text: str) -> Gender:
        """What a dialplan's word means by its first letter; NONE where it is none of them."""
        try:
            return cls(text.strip()[:1].lower())
        except ValueError:
            return cls.NONE

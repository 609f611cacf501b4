"""Japanese."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.east_asian import EastAsian
from switchroom.media.saying.language import BASIC


class Japanese(EastAsian):
    """Hundreds and thousands change their sound, so each is a prompt; then man and oku."""

    codes = ("ja", "jp")
    scales = MappingProxyType({10**8: ("oku",), 10**4: ("man",), 1000: ("1000",), 100: ("100",)})
    whole = BASIC | frozenset(range(100, 1000, 100)) | frozenset(range(1000, 10000, 1000))
    date_format = "YBdA"
    time_format = "pIM"
    date_time_format = "YBdA pIM"

    def year(self, when: datetime) -> list[str]:
        """Nen."""
        return [*self.cardinal(when.year), "digits/nen"]

    def day(self, when: datetime) -> list[str]:
        """Nichi."""
        return [*self.cardinal(when.day), "digits/nichi"]

    def hour(self, hour: int) -> list[str]:
        """Ji."""
        return [*self.cardinal(hour), "digits/ji"]

    def minute(self, when: datetime) -> list[str]:
        """Fun; silent at the full hour."""
        return [*self.cardinal(when.minute), "digits/fun"] if when.minute else []

    def second(self, when: datetime) -> list[str]:
        """Byou."""
        return [*self.cardinal(when.second), "digits/byou"]

"""Spanish."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import BASIC, Language


class Spanish(Language):
    """Veintiuno in one word, treinta y uno in three; cien alone, ciento before more."""

    codes = ("es", "mx")
    #: Ten to the ninth is "mil millones".
    scales = MappingProxyType({
        10**6: ("million", "millions"), 1000: ("thousand",), 100: ("hundred",),
    })  # fmt: skip
    whole = BASIC | frozenset(range(22, 30)) | frozenset(range(200, 1000, 100))
    gendered = MappingProxyType({(1, Gender.FEMININE): "1F", (1, Gender.MASCULINE): "1M"})
    silent_one = frozenset({100, 1000})
    scale_gender = MappingProxyType({10**6: Gender.MASCULINE, 1000: Gender.MASCULINE})
    agreeing = frozenset({1000})
    date_format = "A 'digits/es-el' d 'digits/es-de' B 'digits/es-de' Y"
    time_format = "IMp"
    date_time_format = f"{date_format} 'digits/at' {time_format}"

    def tens(self, value: int, gender: Gender) -> list[str]:
        """Treinta y uno; veintiuno has a prompt of its own, veintiún and veintiuna have none."""
        unit = self.word(value % 10, gender)
        if value != 21:
            return [self.word(value - value % 10), "digits/and", unit]
        return ["digits/21"] if unit == "digits/1" else ["digits/20-and", unit]

    def scaled(self, count: int, scale: int, rest: int, gender: Gender) -> list[str]:
        """``digits/100-and``: "ciento"."""
        if count * scale == 100 and rest:
            return ["digits/100-and"]
        return super().scaled(count, scale, rest, gender)

    def ordinal(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """Vigésimo primero: both words are ranks."""
        if 20 < value < 100 and value % 10:
            return [f"digits/h-{value - value % 10}", f"digits/h-{value % 10}"]
        return super().ordinal(value, gender)

    def day(self, when: datetime) -> list[str]:
        """Primero de abril, dos de abril."""
        return self.ordinal(1) if when.day == 1 else self.cardinal(when.day)

    def hour(self, hour: int) -> list[str]:
        """La una."""
        return self.cardinal(hour, Gender.FEMININE)

    def minute(self, when: datetime) -> list[str]:
        """Las dos y cinco, las dos en punto."""
        return ["digits/and", *self.cardinal(when.minute)] if when.minute else ["digits/oclock"]

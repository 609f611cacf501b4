"""Portuguese of Portugal and of Brazil."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import BASIC, Language

_FEMININE = {1: "1F", 2: "2F", **{hundred: f"{hundred}F" for hundred in range(200, 1000, 100)}}


class Portuguese(Language):
    """An "e" between nearly all words: duzentos e vinte e dois."""

    codes = ("pt",)
    #: Ten to the ninth is "mil milhões".
    scales = MappingProxyType({
        10**6: ("million", "millions"), 1000: ("thousand",), 100: ("hundred",),
    })  # fmt: skip
    whole = BASIC | frozenset(range(200, 1000, 100))
    gendered = MappingProxyType({(n, Gender.FEMININE): name for n, name in _FEMININE.items()})
    silent_one = frozenset({100, 1000})
    agreeing = frozenset({1000})
    date_format = "A d 'digits/pt-de' B 'digits/pt-de' Y"
    date_time_format = f"{date_format} R"

    def tens(self, value: int, gender: Gender) -> list[str]:
        """Vinte e um."""
        return [self.word(value - value % 10), "digits/pt-e", self.word(value % 10, gender)]

    def scaled(self, count: int, scale: int, rest: int, gender: Gender) -> list[str]:
        """``digits/100`` is "cem", ``digits/hundred`` the "cento" before more."""
        if count * scale == 100 and not rest:
            return ["digits/100"]
        return super().scaled(count, scale, rest, gender)

    def joint(self, scale: int, rest: int) -> list[str]:
        """Before the last group, where it is one word or below a hundred: mil e duzentos."""
        while rest % 1000 == 0:
            rest //= 1000
        is_last = rest < 1000 and (rest <= 100 or rest % 100 == 0)
        return ["digits/pt-e"] if scale == 100 or is_last else []

    def ordinal(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """Vigésimo primeiro: both words are ranks."""
        if 20 < value < 100 and value % 10:
            return [f"digits/h-{value - value % 10}", f"digits/h-{value % 10}"]
        return super().ordinal(value, gender)

    def day(self, when: datetime) -> list[str]:
        """Primeiro de abril, dois de abril."""
        return self.ordinal(1) if when.day == 1 else self.cardinal(when.day)

    def hour(self, hour: int) -> list[str]:
        """Uma hora, duas horas."""
        plural = [] if hour == 1 else ["digits/pt-sss"]
        return [*self.cardinal(hour, Gender.FEMININE), "digits/pt-hora", *plural]

    def hour_24(self, when: datetime) -> list[str]:
        """Meia-noite, meio-dia."""
        named = {0: "digits/pt-meianoite", 12: "digits/pt-meiodia"}.get(when.hour)
        return [named] if named else self.hour(when.hour)

    def minute(self, when: datetime) -> list[str]:
        """Duas horas e cinco."""
        return ["digits/pt-e", *self.cardinal(when.minute)] if when.minute else []


class BrazilianPortuguese(Portuguese):
    """Ten to the ninth is "um bilhão"."""

    codes = ("pt_BR",)
    scales = MappingProxyType({10**9: ("billion", "billions"), **Portuguese.scales})

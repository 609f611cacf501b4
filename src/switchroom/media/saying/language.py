"""What languages share: numbers by scales, ordinals, money, counting, and the parts of a date.

A language is a subclass in ``languages/``. Most of one is data: which scales it has and what they
are called, which numbers have a prompt of their own, which words differ by gender. Where grammar
does more, it overrides a method.

Prompt names follow the installed sound sets: ``digits/20``, ``digits/hundred``, ``digits/h-1`` for
"first", ``digits/1F`` for a feminine one; ``digits/billion`` is the word for 10^9, whatever the
language calls it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar

from switchroom.media.saying.errors import CannotSayError
from switchroom.media.saying.gender import Gender

#: Asterisk: 2147483647 is not said any more (22).
LARGEST = 2**31 - 2

#: The numbers that sound sets have a file each for.
BASIC = frozenset({*range(20), *range(20, 100, 10)})


class Language:
    """How one language says things; the defaults are those of a language without surprises."""

    #: ``CHANNEL(language)`` values; ``de`` also serves ``de_AT``.
    codes: ClassVar[tuple[str, ...]] = ()
    #: Scale: the names of its forms, picked by :meth:`plural`; largest first.
    scales: ClassVar[Mapping[int, tuple[str, ...]]] = MappingProxyType({
        10**9: ("billion",), 10**6: ("million",), 1000: ("thousand",), 100: ("hundred",),
    })  # fmt: skip
    #: Numbers that have a prompt of their own.
    whole: ClassVar[frozenset[int]] = BASIC
    #: Words that differ by gender, without ``digits/``.
    gendered: ClassVar[Mapping[tuple[int, Gender], str]] = MappingProxyType({})
    #: Scales that are said without a "one" in front.
    silent_one: ClassVar[frozenset[int]] = frozenset()
    #: The gender of a scale's own noun, as German says "eine Million".
    scale_gender: ClassVar[Mapping[int, Gender]] = MappingProxyType({})
    #: Scales whose count agrees with a feminine noun, as Spanish says "doscientas mil".
    agreeing: ClassVar[frozenset[int]] = frozenset()
    #: How ``Q`` and ``q`` say a day, and how a date, a time and both are said without a format.
    date_format: ClassVar[str] = "AdBY"
    time_format: ClassVar[str] = "R"
    date_time_format: ClassVar[str] = "AdBY 'digits/at' R"

    # numbers

    def number(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """A whole number.

        Raises:
            CannotSayError: It is too large.
        """
        if abs(value) > LARGEST:
            raise CannotSayError(f"the number {value} is too large")
        if value < 0:
            return ["digits/minus", *self.cardinal(-value, gender)]
        return self.cardinal(value, gender)

    def cardinal(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """A number from 0 to :data:`LARGEST`."""
        if value in self.whole:
            return [self.word(value, gender)]
        if value < 100:
            return self.tens(value, gender)
        scale = next(scale for scale in self.scales if scale <= value)
        count, rest = divmod(value, scale)
        names = self.scaled(count, scale, rest, gender)
        if rest:
            names += [*self.joint(scale, rest), *self.cardinal(rest, gender)]
        return names

    def word(self, value: int, gender: Gender = Gender.NONE) -> str:
        """The prompt of a number in :attr:`whole`."""
        return f"digits/{self.gendered.get((value, gender), value)}"

    def tens(self, value: int, gender: Gender) -> list[str]:
        """A number below 100 that is not in :attr:`whole`."""
        return [self.word(value - value % 10), self.word(value % 10, gender)]

    def scaled(self, count: int, scale: int, rest: int, gender: Gender) -> list[str]:
        """``count`` times ``scale``; ``rest`` is what follows."""
        if count * scale in self.whole:
            return [self.word(count * scale, gender)]
        forms = self.scales[scale]
        name = f"digits/{forms[min(self.plural(count), len(forms) - 1)]}"
        if count == 1 and scale in self.silent_one:
            return [name]
        own = self.scale_gender.get(scale, Gender.NONE)
        if scale in self.agreeing and gender is Gender.FEMININE:
            own = gender
        return [*self.cardinal(count, own), name]

    def joint(self, scale: int, rest: int) -> list[str]:
        """What stands between a scale and what follows it: mostly nothing, or an "and"."""
        return []

    def plural(self, count: int) -> int:
        """Which of a noun's forms goes with a count."""
        return 0 if count == 1 else 1

    def ordinal(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """A number as a rank: the last word of the number carries it.

        Raises:
            CannotSayError: It is too large.
        """
        names = self.number(value, gender)
        if value:
            names[-1] = names[-1].replace("digits/", "digits/h-", 1)
        return names

    def money(self, amount: Decimal) -> list[str]:
        """Dollars and cents; fractions of a cent are left out.

        Raises:
            CannotSayError: It is too large.
        """
        if amount < 0:
            return ["digits/minus", *self.money(-amount)]
        dollars, cents = divmod(int(amount * 100), 100)
        names: list[str] = []
        if dollars:
            # Asterisk: one dollar is the letter's prompt, there being no "dollar" (22).
            unit = "letters/dollar" if dollars == 1 else "dollars"
            names = [*self.number(dollars), unit]
        if dollars and cents:
            names.append("and")
        if cents or not dollars:
            names += [*self.number(cents), "cent" if cents == 1 else "cents"]
        return names

    # counting things

    def counted_noun(self, count: int, stem: str) -> str:
        """The prompt of a noun that goes with a count: its stem, or its stem and ``s``."""
        return stem if self.plural(abs(count)) == 0 else f"{stem}s"

    def counted_adjective(self, count: int, stem: str, gender: Gender) -> list[str]:
        """The prompts of an adjective that goes with a count, the preferred name first."""
        return [stem]

    # parts of a date

    def weekday(self, when: datetime) -> list[str]:
        """``A``."""
        return [f"digits/day-{when.isoweekday() % 7}"]

    def month(self, when: datetime) -> list[str]:
        """``B``: the month's name."""
        return [f"digits/mon-{when.month - 1}"]

    def month_number(self, when: datetime) -> list[str]:
        """``m``."""
        return self.ordinal(when.month)

    def day(self, when: datetime) -> list[str]:
        """``d``: the day of the month."""
        return self.ordinal(when.day)

    def year(self, when: datetime) -> list[str]:
        """``Y``."""
        return self.cardinal(when.year)

    # parts of a time

    def hour(self, hour: int) -> list[str]:
        """An hour of either clock, with the word that goes with it."""
        return self.cardinal(hour)

    def hour_12(self, when: datetime) -> list[str]:
        """``I``."""
        return self.hour(when.hour % 12 or 12)

    def hour_24(self, when: datetime) -> list[str]:
        """``k``."""
        return self.hour(when.hour)

    def hour_24_padded(self, when: datetime) -> list[str]:
        """``H``: as ``k``, with a zero in front where the language says one."""
        return self.hour_24(when)

    def minute(self, when: datetime) -> list[str]:
        """``M``; a full hour's is silent."""
        return self.cardinal(when.minute) if when.minute else []

    def minute_military(self, when: datetime) -> list[str]:
        """``N``: as ``M``, a full hour said as "hundred" where the language does so."""
        return self.minute(when)

    def second(self, when: datetime) -> list[str]:
        """``S``."""
        return self.cardinal(when.second)

    def half_of_day(self, when: datetime) -> list[str]:
        """``P``: before or after noon."""
        return ["digits/a-m" if when.hour < 12 else "digits/p-m"]

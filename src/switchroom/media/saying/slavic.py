"""What Slavic languages share: three forms of a counted noun."""

from __future__ import annotations

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language

ONE, FEW, MANY = range(3)


class Slavic(Language):
    """What they share: the forms of counted nouns and adjectives."""

    silent_one = frozenset({100, 1000})

    def plural(self, count: int) -> int:
        """One, few (two to four, but not twelve to fourteen) or many."""
        if count == 1:
            return ONE
        return FEW if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14 else MANY

    def counted_noun(self, count: int, stem: str) -> str:
        """The stem, the stem and ``x1`` for few, and ``x2`` for many."""
        return stem + ("", "x1", "x2")[self.plural(abs(count))]

    def counted_adjective(self, count: int, stem: str, gender: Gender) -> list[str]:
        """The gender's letter for one (``a`` is known for feminine too), ``x`` for more."""
        if self.plural(abs(count)) != ONE:
            return [f"{stem}x"]
        feminine = [f"{stem}a"] if gender is Gender.FEMININE else []
        return [f"{stem}{gender}", *feminine]

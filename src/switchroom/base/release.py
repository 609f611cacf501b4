"""Version numbers of Asterisk, of all its schemes, and what a step from one to another means.

Branches were ``1.0`` … ``1.8`` (each of ``1.6.0``, ``1.6.1`` and ``1.6.2`` is one), then ``10``,
``11`` and so on. Within a branch the next number counts releases with bug fixes; one more number
behind it is a release that mends security holes or regressions of the one before, and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import total_ordering

from switchroom.base.errors import SwitchroomError

#: All of them, oldest first: what is between two of them was skipped by who steps over it.
BRANCHES = ("1.0", "1.2", "1.4", "1.6.0", "1.6.1", "1.6.2", "1.8", *(str(n) for n in range(10, 24)))
LONG_TERM = frozenset({"1.4", "1.8", "11", "13", "16", "18", "20", "22"})  #: supported for longer

_VERSION = re.compile(
    r"(?P<numbers>\d+(?:\.\d+)*)"
    r"(?:-cert(?P<cert>\d+))?"
    r"(?:-(?P<flavour>netsec|digiumphones))?"
    r"(?:-(?P<stage>testing|alpha|beta|pre|tc|rc)(?P<candidate>\d+(?:\.\d+)*)?)?"
)
_PREFIX = re.compile(r"(?:tags/|asterisk[-/ ]|v)", re.IGNORECASE)
_CERTIFIED = re.compile(r"certified[/-]")
#: What comes before a release, in this order. A release itself is the last.
_STAGES = ("testing", "alpha", "beta", "pre", "tc", "rc", "")
MAX_LENGTH = 100  #: letters of a version


class VersionError(SwitchroomError):
    """A text is no version of Asterisk."""


class Kind(Enum):
    """What a step from one version to another is."""

    SAME = "the same version"
    BACK = "a step back"
    CANDIDATE = "the same release, from one candidate to the next or to the release"
    PATCH = "security or regression fixes only"
    RELEASE = "bug fixes within a branch"
    FLAVOUR = "the same release in another edition"
    BRANCH = "another branch"


_ADVICE = {
    Kind.SAME: "Nothing changes.",
    Kind.BACK: (
        "What is fixed or new in the newer one is gone: test all that you use, and see that"
        " databases and configuration are not of the newer one."
    ),
    Kind.CANDIDATE: "Test what you reported, and what you cannot do without.",
    Kind.PATCH: "Spot testing is enough: only what was mended has changed. Do it soon.",
    Kind.RELEASE: "Test thoroughly what you use: bugs were fixed that some rely on.",
    Kind.FLAVOUR: "Test what the edition is about, and spot-test the rest.",
}


@total_ordering
@dataclass(frozen=True, slots=True)
class Release:
    """One version.

    Attributes:
        text: As it was written.
        branch: ``1.6.2``, ``1.8``, ``10``; of a certified one that which it was made from.
        number: Which release of the branch.
        patch: How often it was mended; several numbers where a mended one was mended.
        certificate: Of certified releases, which one; 0: not certified.
        flavour: ``netsec``, ``digiumphones`` or nothing.
        stage: ``alpha``, ``beta``, ``rc``, … before a release; nothing: a release.
        candidate: Which one of its stage.
    """

    text: str
    branch: str
    number: int
    patch: tuple[int, ...] = ()
    certificate: int = 0
    flavour: str = ""
    stage: str = ""
    candidate: tuple[int, ...] = ()

    @property
    def is_long_term(self) -> bool:
        """Whether its branch is one of those that are supported for longer."""
        return self.branch in LONG_TERM

    @property
    def branch_key(self) -> tuple[int, ...]:
        """What branches are ordered by."""
        return _numbers(self.branch)

    def _key(self) -> tuple[object, ...]:
        return (
            self.branch_key,
            self.number,
            self.certificate,
            self.patch,
            self.flavour,
            _STAGES.index(self.stage),
            self.candidate,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Release) and self._key() == other._key()

    def __lt__(self, other: Release) -> bool:
        return self._key() < other._key()

    def __hash__(self) -> int:
        return hash(self._key())


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to another.

    Attributes:
        kind: What sort of step.
        skipped: Branches that lie between.
    """

    old: Release
    new: Release
    kind: Kind
    skipped: tuple[str, ...] = ()

    @property
    def advice(self) -> str:
        """How much testing it needs."""
        if self.kind is not Kind.BRANCH:
            return _ADVICE[self.kind]
        between = f" and of {', '.join(self.skipped)} in between" if self.skipped else ""
        return (
            f"Plan it as a migration: read the notes of {self.new.branch}{between} on upgrading,"
            f" run `switchroom check --from {self.old.branch} --to {self.new.branch}`, test all."
        )


def parse_release(text: str) -> Release:
    """Read a version as it stands in a tag, in a file's name or in what ``-V`` prints.

    Raises:
        VersionError: It is none.
    """
    shown = text.strip()
    bare = _PREFIX.sub("", shown, count=1)
    certified = _CERTIFIED.match(bare)
    match = _VERSION.fullmatch(bare[certified.end() :] if certified else bare)
    if match is None or len(shown) > MAX_LENGTH or (certified and not match["cert"]):
        raise VersionError(
            f"{shown[:MAX_LENGTH]!r} is no version of Asterisk (as 1.8.32.3 or 22.5.0-rc1)"
        )
    numbers = _numbers(match["numbers"])
    width = _branch_width(numbers)
    rest = numbers[width:]
    return Release(
        text=shown,
        branch=".".join(map(str, numbers[:width])),
        number=rest[0] if rest else 0,
        patch=_without_zeros(rest[1:]),
        certificate=int(match["cert"] or 0),
        flavour=match["flavour"] or "",
        stage=match["stage"] or "",
        candidate=_numbers(match["candidate"]) if match["candidate"] else (),
    )


def _branch_width(numbers: tuple[int, ...]) -> int:
    """How many of the numbers name the branch."""
    if numbers[0] >= 2:
        return 1
    return 3 if numbers[:2] == (1, 6) else 2


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split("."))


def _without_zeros(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """10.2 is 10.2.0."""
    while numbers and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers


def step_between(old: Release, new: Release) -> Step:
    """What it is to go from one version to another."""
    if old == new:
        return Step(old, new, Kind.SAME)
    if new < old:
        return Step(old, new, Kind.BACK)
    if old.branch != new.branch:
        low, high = _numbers(old.branch), _numbers(new.branch)
        skipped = tuple(each for each in BRANCHES if low < _numbers(each) < high)
        return Step(old, new, Kind.BRANCH, skipped)
    return Step(old, new, _kind_within_a_branch(old, new))


def _kind_within_a_branch(old: Release, new: Release) -> Kind:
    if old.number != new.number:
        return Kind.RELEASE
    if bool(old.certificate) != bool(new.certificate) or old.flavour != new.flavour:
        return Kind.FLAVOUR
    if (old.certificate, old.patch) != (new.certificate, new.patch):
        return Kind.PATCH
    return Kind.CANDIDATE

"""Asterisk's version numbers: read, ordered, compared."""

import itertools
import random
from pathlib import Path

import pytest

from switchroom.base.release import BRANCHES, Kind, VersionError, parse_release, step_between

#: Every tag of Asterisk's history with its date; those of before the repository's time have its date.
TAGS = [line.split() for line in Path(__file__).with_name("versions.txt").read_text().splitlines()]
WITHOUT_DATE = {"2005-11-29", "2009-08-18"}
#: Tags that were made, or made again, after the one that follows them.
MADE_LATE = {"1.4.30-rc1", "1.6.0.16-rc2", "1.6.0.23-rc2", "1.8.3-rc3"}

ORDERED = [
    "0.1.0",
    "0.9.0",
    "1.0.0-rc1",
    "1.0.0",
    "1.0.9",
    "1.0.10",
    "1.0.11",
    "1.0.11.1",
    "1.2.0-beta1",
    "1.2.0-rc1",
    "1.2.0",
    "1.2.0-netsec",
    "1.2.7",
    "1.2.7.1",
    "1.2.7.1-netsec",
    "1.2.8",
    "1.2.12",
    "1.4.0-beta1",
    "1.4.22",
    "1.4.22.1",
    "1.4.22.2",
    "1.4.23-testing",
    "1.4.23-rc1",
    "1.4.23",
    "1.6.0-beta1",
    "1.6.0-beta7",
    "1.6.0-beta7.1",
    "1.6.0-beta8",
    "1.6.0-rc1",
    "1.6.0",
    "1.6.0.1",
    "1.6.0.3",
    "1.6.0.3.1",
    "1.6.0.4-testing",
    "1.6.0.4-rc1",
    "1.6.0.10",
    "1.6.1-beta1",
    "1.6.1.0",
    "1.6.2.0-rc1",
    "1.6.2.24",
    "1.8.0-beta1",
    "1.8.0-rc2",
    "1.8.0",
    "1.8.15.0-rc1",
    "1.8.15.0",
    "1.8.15.1",
    "certified/1.8.15-cert1-rc1",
    "certified/1.8.15-cert1",
    "certified/1.8.15-cert2",
    "1.8.16.0",
    "1.8.32.3",
    "10.0.0-beta1",
    "10.0.0",
    "10.2.0",
    "10.2.1",
    "10.2.2",
    "10.3.0",
    "10.5.0",
    "10.5.0-digiumphones-rc1",
    "10.5.0-digiumphones",
    "10.5.1",
    "10.10.0",
    "11.0.0",
    "11.6.1",
    "certified/11.6-cert1",
    "certified/11.6-cert10",
    "11.7.0",
    "13.0.0",
    "16.8.0",
    "certified/16.8-cert1-rc1",
    "certified/16.8-cert1",
    "18.0.0",
    "22.9.0",
    "22.10.0-rc1",
    "22.10.0-rc2",
    "22.10.0-rc10",
    "22.10.0",
    "22.10.1",
    "23.0.0-rc1",
]


def test_order() -> None:
    shuffled = random.Random(1).sample(ORDERED, len(ORDERED))
    assert sorted(shuffled, key=parse_release) == ORDERED


def test_every_tag_is_of_a_branch_and_none_is_another() -> None:
    releases = [parse_release(name) for name, _ in TAGS]
    assert {each.branch for each in releases if not each.branch.startswith("0.")} == set(BRANCHES)
    spellings = {  # of one release
        name.removeprefix("tags/").replace("certified-", "certified/") for name, _ in TAGS
    }
    same = {parse_release(name) for name in spellings}
    assert len(same) >= len(spellings) - 30  # 13.8.0-cert1 is certified/13.8-cert1


def test_the_order_is_that_of_their_dates() -> None:
    dated = sorted(
        ((parse_release(name), date) for name, date in TAGS if date not in WITHOUT_DATE),
        key=lambda each: each[0],
    )
    compared = 0
    for (old, old_date), (new, new_date) in itertools.pairwise(dated):
        line = (old.branch, old.number, old.certificate, old.flavour)
        if line == (new.branch, new.number, new.certificate, new.flavour):
            compared += 1
            assert old_date <= new_date or old.text in MADE_LATE, (old.text, new.text)
    assert compared > 500


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.2.0", "10.2"),
        ("1.8", "1.8.0"),
        ("1.6.0", "tags/1.6.0"),
        ("Asterisk 22.5.0", "v22.5"),
        ("certified-11.6-cert1", "certified/11.6.0-cert1"),
        ("asterisk-1.8.32.3", "1.8.32.3"),
    ],
)
def test_two_spellings_of_one(one: str, other: str) -> None:
    assert parse_release(one) == parse_release(other)
    assert hash(parse_release(one)) == hash(parse_release(other))


@pytest.mark.parametrize(
    "text", ["", "x", "1..8", "1.8-", "10.x", "22.5.0-rc1-rc2", "1" * 5000, "²"]
)
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(VersionError, match="is no version of Asterisk"):
        parse_release(text)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("10.2.0", "10.2.1", Kind.PATCH),
        ("10.2.1", "10.2.2", Kind.PATCH),
        ("10.2.0", "10.3.0", Kind.RELEASE),
        ("10.2.2", "10.3.0", Kind.RELEASE),
        ("1.8", "10", Kind.BRANCH),
        ("1.6.0.26", "1.6.1.0", Kind.BRANCH),
        ("1.6.2.1", "1.6.2.2", Kind.RELEASE),
        ("1.4.22", "1.4.22.1", Kind.PATCH),
        ("1.4.22", "1.4.23", Kind.RELEASE),
        ("1.6.0.3", "1.6.0.3.1", Kind.PATCH),
        ("22.5.0-rc1", "22.5.0-rc2", Kind.CANDIDATE),
        ("22.5.0-rc2", "22.5.0", Kind.CANDIDATE),
        ("certified/11.6-cert1", "certified/11.6-cert2", Kind.PATCH),
        ("11.6.1", "certified/11.6-cert2", Kind.FLAVOUR),
        ("10.5.0", "10.5.0-digiumphones", Kind.FLAVOUR),
        ("certified/11.6-cert1", "certified/13.1-cert1", Kind.BRANCH),
        ("10.2", "10.2.0", Kind.SAME),
        ("10.2.1", "10.2.0", Kind.BACK),
    ],
)
def test_steps(old: str, new: str, kind: Kind) -> None:
    assert step_between(parse_release(old), parse_release(new)).kind is kind


def test_advice_of_the_post() -> None:
    """What the seed says of its examples."""
    spot = step_between(parse_release("10.2.0"), parse_release("10.2.1"))
    more = step_between(parse_release("10.2.0"), parse_release("10.3.0"))
    branch = step_between(parse_release("1.8"), parse_release("10"))
    assert spot.advice.startswith("Spot testing is enough")
    assert more.advice.startswith("Test thoroughly")
    assert branch.advice.startswith("Plan it as a migration")
    assert branch.skipped == ()
    far = step_between(parse_release("1.6.2.24"), parse_release("11.25.3"))
    assert far.skipped == ("1.8", "10")
    assert "1.8, 10 in between" in far.advice

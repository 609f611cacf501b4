"""Skills: what is asked for, who can, what is asked for later."""

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import QueuesConfig
from switchroom.config.queues.rows import members_of_rows
from switchroom.config.queues.skills import (
    format_levels,
    format_requirement,
    parse_levels,
    parse_relaxation,
    parse_requirement,
    read_queue_skills,
)
from switchroom.queues.entry import Entry
from switchroom.queues.queue import CallQueue
from switchroom.queues.skills import Demand, meets, relaxed, what_is_missing
from tests.queues.test_queue import join, make, offered


def able(queue: CallQueue, **skills: str) -> CallQueue:
    for name, levels in skills.items():
        queue.members[name].skills = parse_levels(levels)
    return queue


def asking(text: str, *relaxations: str) -> Demand:
    return Demand(parse_requirement(text), [parse_relaxation(each) for each in relaxations])


@pytest.mark.parametrize(
    ("requirement", "levels", "expected"),
    [
        ("", "", True),
        ("en", "en", True),
        ("en", "en:0", False),
        ("EN>=3 , billing", "en:3,Billing:1", True),
        ("en>=3,billing", "en:2,billing", False),
        ("en>3", "en:3", False),
        ("en<3", "en:2", True),
        ("en<3", "", True),
        ("en=2", "en:2", True),
        ("en!=2", "en:2", False),
        ("!vip", "en:5", True),
        ("!vip", "vip", False),
        ("en>=3|fr", "fr:1", True),
        ("en>=3|fr", "en:2", False),
        (" | ", "", True),
    ],
)
def test_who_can(requirement: str, levels: str, expected: bool) -> None:  # noqa: FBT001
    parsed = parse_requirement(requirement)
    assert meets(parsed, parse_levels(levels)) is expected
    assert parse_requirement(format_requirement(parsed)) == parsed
    assert parse_levels(format_levels(parse_levels(levels))) == parse_levels(levels)


@pytest.mark.parametrize("text", ["en>>3", "en>=", ">=3", "en=x", "!en>=2", "en 3", "-en"])
def test_requirements_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_requirement(text)


@pytest.mark.parametrize("text", ["en:", "en:x", ":3", "en 3", "en=3"])
def test_levels_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_levels(text)


def test_what_is_missing() -> None:
    requirement = parse_requirement("en>=3,billing|fr")
    missing = what_is_missing(requirement, parse_levels("en:2"))
    assert missing == "en 2 (needs en>=3) and billing 0 (needs billing) or fr 0 (needs fr)"


@pytest.mark.parametrize(
    ("by", "left"),
    [
        ("30,en>=2", "en>=2,billing|fr"),
        ("30,-billing", "en>=3|fr"),
        ("30,-billing,en>=1", "en|fr"),
        ("30,-fr", ""),
        ("30,*", ""),
        ("30,xx>=2", "en>=3,billing|fr"),
    ],
)
def test_relaxing(by: str, left: str) -> None:
    requirement = parse_requirement("en>=3,billing|fr")
    assert format_requirement(relaxed(requirement, parse_relaxation(by))) == left


@pytest.mark.parametrize("text", ["30", "x,en", "30,", ",en", "30,en>>2"])
def test_relaxations_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_relaxation(text)


def test_a_queue_offers_to_those_who_can_and_to_others_later() -> None:
    queue = able(make("a", "b", "c", strategy="linear"), b="en:2", c="en:4")
    first = join(queue, "first", demand=asking("en>=3", "20,en>=2", "60,*"))
    join(queue, "second", demand=asking("en>=3", "20,en>=2", "60,*"))
    assert offered(queue, 1.0) == [("first", "c")]
    assert queue.next_look(1.0) == 20.0
    assert offered(queue, 19.9) == []
    assert offered(queue, 20.0) == [("second", "b")]
    third = Entry("third", "", 20.0, demand=asking("en>=3", "20,en>=2", "60,*"))
    queue.join(third)
    assert offered(queue, 79.0) == []
    assert offered(queue, 80.0) == [("third", "a")]
    queue.let_go(first, queue.members["c"])
    assert queue.choose_after(first, (queue.members["c"],), 80.0) == ()


def test_penalty_goes_before_skill_and_skill_before_strategy() -> None:
    def first(order: str) -> str:
        queue = able(
            make("a", "b", "c:1", strategy="linear"), a="en:3,fr:9", b="en:4,fr:9", c="en:9"
        )
        queue.skill_order = order
        join(queue, demand=asking("en>=3"))
        [(_, name)] = offered(queue)
        return name

    assert [first(order) for order in ("none", "best", "least")] == ["a", "b", "a"]


def test_ringall_rings_the_best_of_the_lowest_penalty() -> None:
    queue = able(make("a", "b", "c", strategy="ringall"), a="en:3", b="en:5", c="en:5")
    queue.skill_order = "best"
    join(queue, demand=asking("en"))
    assert offered(queue) == [("caller", "c+b")]


def test_few_members_are_rung_whatever_their_penalty_but_not_without_the_skill() -> None:
    queue = able(make("a:9", "b:9", strategy="linear", penalty_members_limit=5), b="en")
    join(queue, highest=3, demand=asking("en"))
    assert offered(queue) == [("caller", "b")]


CONF = """\
[member-skills]
PJSIP/Alice => en:5, billing:3
Bob = fr
[support]
requires = en>=3
order = best
relax => 60,*
relax => 30,en>=2
"""


def test_the_file() -> None:
    config = read_queue_skills(parse_config(CONF))
    assert dict(config.levels_of("pjsip/alice", "x")) == {"en": 5, "billing": 3}
    assert dict(config.levels_of("PJSIP/x", "bob")) == {"fr": 1}
    assert dict(config.levels_of("PJSIP/x", "x")) == {}
    support = config.queues["support"]
    assert (format_requirement(support.requires), support.order) == ("en>=3", "best")
    assert [each.after for each in support.relaxations] == [30.0, 60.0]
    assert not config.warnings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[member-skills]\nPJSIP/a => en:x\n", "PJSIP/a: expected skill:level"),
        ("[q]\nrequires = en>>2\n", "requires: expected skill"),
        ("[q]\nrelax => soon,en\n", "relax: expected seconds"),
        ("[q]\norder = worst\n", "order: expected one of none, best, least"),
    ],
)
def test_files_that_cannot_be_used(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as raised:
        read_queue_skills(parse_config(text))
    assert raised.value.line == 2


def test_what_is_unknown_in_it_is_told() -> None:
    config = read_queue_skills(parse_config("[q]\nreqires = en\n"))
    assert [each.message for each in config.warnings] == [
        "queueskills.conf: there is no option 'reqires'"
    ]


def test_a_row_of_a_database_may_say_what_a_member_can_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows = [
        {"interface": "PJSIP/a", "skills": "en:5, fr"},
        {"interface": "PJSIP/b", "skills": "en=5"},
        {"interface": "PJSIP/c", "skills": ""},
    ]
    first, *others = members_of_rows(rows, QueuesConfig())
    assert dict(first.skills or {}) == {"en": 5, "fr": 1}
    assert [each.skills for each in others] == [None, None]
    assert "PJSIP/b: skills: expected skill:level" in caplog.text

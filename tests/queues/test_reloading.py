"""Reloads of a part: what is asked for changes, and nothing else."""

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import QueuesConfig, read_queues
from switchroom.queues.desk import Desks
from switchroom.queues.reloading import ALL, Reloading, ReloadScope
from tests.support.fakes import make_pbx, run_virtual

OLD = "[general]\nshared_lastcall=no\n[a]\ntimeout=1\nmember=>Local/1@x\n[b]\ntimeout=1\n[gone]\n"
NEW = (
    "[general]\nshared_lastcall=yes\n[new]\n[a]\ntimeout=2\nmember=>Local/2@x\n"
    "[b]\ntimeout=2\nmember=>Local/3@x\n"
)


def read(text: str) -> QueuesConfig:
    return read_queues(parse_config(text))


def summary(config: QueuesConfig) -> dict[str, tuple[float, tuple[str, ...]]]:
    return {
        name: (settings.timeout, tuple(each.interface for each in settings.members))
        for name, settings in config.queues.items()
    }


@pytest.mark.parametrize(
    ("scope", "shares", "found"),
    [
        (ALL, True, {"new": (15, ()), "a": (2, ("Local/2@x",)), "b": (2, ("Local/3@x",))}),
        (
            ReloadScope(parameters=False, rules=False),
            False,
            {"a": (1, ("Local/2@x",)), "b": (1, ("Local/3@x",)), "gone": (15, ())},
        ),
        (
            ReloadScope(members=False),
            True,
            {"new": (15, ()), "a": (2, ("Local/1@x",)), "b": (2, ())},
        ),
        (
            ReloadScope(parameters=False, members=False),
            False,
            {"a": (1, ("Local/1@x",)), "b": (1, ()), "gone": (15, ())},
        ),
        (
            ReloadScope(parameters=False, names=frozenset({"b"})),
            False,
            {"a": (1, ("Local/1@x",)), "b": (1, ("Local/3@x",)), "gone": (15, ())},
        ),
        (
            ReloadScope(names=frozenset({"b", "new"})),
            True,
            {"new": (15, ()), "b": (2, ("Local/3@x",)), "a": (1, ("Local/1@x",)), "gone": (15, ())},
        ),
    ],
)
def test_what_is_taken_over(
    scope: ReloadScope,
    shares: bool,  # noqa: FBT001  # a table
    found: dict[str, tuple[float, tuple[str, ...]]],
) -> None:
    config = scope.queues_of(read(OLD), read(NEW))
    assert summary(config) == found
    assert config.shares_last_call is shares


def test_rules_are_a_part_too() -> None:
    async def story() -> None:
        async with make_pbx() as pbx:
            desks, reloading = pbx.datastore(Desks), pbx.datastore(Reloading)
            desks.use(pbx, read(OLD), {"r": ()})
            with reloading.only(ReloadScope(rules=False)):
                desks.use(pbx, read(NEW), {"s": ()})
            assert list(desks.rules) == ["r"]
            assert desks["a"].queue.settings.timeout == 2
            with reloading.only(ReloadScope(parameters=False, members=False)):
                desks.use(pbx, read(OLD), {"s": ()})
            assert list(desks.rules) == ["s"]
            assert desks["a"].queue.settings.timeout == 2
            assert reloading.scope is ALL

    run_virtual(story())

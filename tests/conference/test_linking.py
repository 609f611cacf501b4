"""Conferences of several systems that are one."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from tests.conference.wired_houses import Systems, tell


def test_one_leg_from_the_first_one_who_comes_to_the_last_one_who_leaves() -> None:
    async def story(systems: Systems) -> None:
        ann = await systems.call("a")
        assert (systems.legs("a"), systems.legs("b")) == ({"b": True}, {"a": True})
        assert (systems.people("a"), systems.people("b")) == (1, 0)
        bob = await systems.call("b")
        cleo = await systems.call("a")
        assert (systems.legs("a"), systems.legs("b")) == ({"b": True}, {"a": True})
        assert (systems.people("a"), systems.people("b")) == (2, 1)
        bob.hangup()
        await asyncio.sleep(10)
        assert systems.legs("a") == {}  # the last one left one side
        assert systems.channels("b") == 0
        await systems.call("b")
        assert (systems.legs("a"), systems.legs("b")) == ({"b": True}, {"a": True})
        ann.hangup()
        await asyncio.sleep(3)
        assert systems.legs("a") == {"b": True}
        cleo.hangup()
        await asyncio.sleep(10)
        assert systems.channels("a") == 0
        assert systems.legs("b") == {}

    tell(story, a="b", b="a")


@pytest.mark.parametrize("apart", [0.0, 0.01, 0.05, 0.06, 0.1, 0.12])
def test_two_who_come_in_the_same_instant_make_one_leg(apart: float) -> None:
    async def story(systems: Systems) -> None:
        await systems.call("a", settle=apart)
        await systems.call("b", settle=5)
        assert (systems.legs("a"), systems.legs("b")) == ({"b": True}, {"a": True})
        assert systems.channels("a") == systems.channels("b") == 2

    tell(story, a="b", b="a")


def test_a_ring_of_systems_is_a_tree_of_sound() -> None:
    async def story(systems: Systems) -> None:
        for name in "abcd":
            await systems.call(name, settle=0.02)
        await asyncio.sleep(8)
        legs = {name: systems.legs(name) for name in "abcd"}
        assert all(set(legs[name]) == set("abcd") - {name} for name in legs)
        carry = {frozenset((n, o)) for n in legs for o, is_open in legs[n].items() if is_open}
        both = {frozenset((n, o)) for n in legs for o in legs[n] if legs[n][o] and legs[o][n]}
        assert carry == both
        assert len(carry) == 3
        assert set().union(*carry) == set("abcd")

    tell(story, a="bcd", b="acd", c="abd", d="abc")


def test_a_leg_that_is_lost_is_made_again_and_nothing_is_left_of_it() -> None:
    async def story(systems: Systems) -> None:
        await systems.call("a")
        await systems.call("b")
        systems.cut("a", "b")
        await asyncio.sleep(40)
        assert (systems.legs("a"), systems.legs("b")) == ({"b": True}, {"a": True})
        assert systems.channels("a") == systems.channels("b") == 2

    tell(story, a="b", b="a")


def test_who_cannot_be_reached_is_tried_again() -> None:
    async def story(systems: Systems) -> None:
        systems.wires["a"].is_down = True
        await systems.call("a", settle=20)
        assert systems.legs("a") == {}
        systems.wires["a"].is_down = False
        await asyncio.sleep(20)
        assert systems.legs("a") == {"b": True}

    tell(story, a="b", b="a")


def test_another_way_takes_over_within_seconds() -> None:
    async def story(systems: Systems) -> None:
        for name in "abc":
            await systems.call(name)
        await asyncio.sleep(5)
        one, two = next((n, o) for n, o in itertools.permutations("abc", 2) if systems.legs(n)[o])
        systems.wires[one].is_down = systems.wires[two].is_down = True
        systems.cut(one, two)
        await asyncio.sleep(25)
        carry = {
            frozenset((n, o)) for n in "abc" for o, is_open in systems.legs(n).items() if is_open
        }
        assert len(carry) == 2
        assert frozenset((one, two)) not in carry

    tell(story, a="bc", b="ac", c="ab")


def test_a_caller_who_is_no_link_is_a_person() -> None:
    async def story(systems: Systems) -> None:
        await systems.call("a")
        await asyncio.sleep(5)
        assert systems.people("b") == 1  # to b, the call of a is one like others

    tell(story, a="b", b="")

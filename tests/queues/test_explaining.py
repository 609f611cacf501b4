"""Why this agent, and not that one: the words for what was decided."""

from switchroom.config.queues.skills import parse_levels, parse_requirement
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.claims import Claims
from switchroom.queues.decisions import KEPT
from switchroom.queues.explaining import explain, text_of
from switchroom.queues.queue import CallQueue
from switchroom.queues.skills import Demand
from tests.queues.test_queue import join, make, offered, served


def reasons(queue: CallQueue, caller: str, now: float, *, at: int = 0) -> dict[str, str]:
    verdicts = explain(queue, caller, now)[at].verdicts
    return {each.name: f"{each.outcome}: {each.reason}" for each in verdicts}


def test_each_obstacle_is_told_with_its_figures() -> None:
    claims = Claims()
    other = make("h", claims=claims)
    queue = make(*"abcdefgh", "i:9", "j:0", claims=claims, strategy="linear", wrap_up=10.0)
    of = queue.members
    of["a"].is_paused, of["a"].pause_reason, of["a"].paused_at = True, "lunch", 40.0
    of["b"].is_paused = True
    of["c"].state, of["d"].state = DeviceState.UNAVAILABLE, DeviceState.INUSE
    of["e"].talks = 1
    of["f"].last_call = 95.0
    of["g"].skills = parse_levels("en:2")
    of["j"].skills = of["h"].skills = of["i"].skills = parse_levels("en:3")
    join(other, "elsewhere")
    assert offered(other) == [("elsewhere", "h")]
    other.entries[0].queue = "other"
    join(queue, highest=4, demand=Demand(parse_requirement("en>=3")))
    assert reasons(queue, "caller", 100.0) == {
        "a": "no: paused (lunch) since 60 s",
        "b": "no: paused",
        "c": "no: device is unavailable",
        "d": "no: device is in use",
        "e": "no: talks with a caller of this queue",
        "f": "no: in wrap-up for 5.0 s more",
        "g": "no: skill en 2 (needs en>=3)",
        "h": "no: claimed by another queue, other, for elsewhere",
        "i": "no: penalty 9 > 4",
        "j": "offered: penalty 0, linear 9",
    }


def test_what_would_be_decided_is_what_is_decided() -> None:
    for strategy in ("ringall", "leastrecent", "fewestcalls", "rrmemory", "linear"):
        queue = make("a:1", "b", "c", "d", strategy=strategy)
        served(queue, join(queue), now=50.0)
        join(queue, "next")
        told = [v.name for v in explain(queue, "next", 100.0)[0].verdicts if v.outcome == "offered"]
        assert offered(queue) == [("next", "+".join(told))]


def test_asking_claims_nobody_and_changes_nothing() -> None:
    queue = make("a", strategy="linear")
    join(queue)
    for _ in range(3):
        assert explain(queue, "", 100.0)
    assert not len(queue.claims)
    assert not queue.decisions.kept
    assert offered(queue) == [("caller", "a")]


def test_the_last_decision_says_how_it_was_then() -> None:
    queue = make("a", "b", "c", strategy="linear")
    queue.members["b"].is_paused, queue.members["b"].paused_at = True, 90.0
    entry = join(queue)
    assert offered(queue) == [("caller", "a")]
    queue.took(entry, queue.members["a"])
    queue.leave(entry)
    queue.members["b"].is_paused = False
    [past] = explain(queue, "caller", 500.0)
    assert (past.is_past, past.at) == (True, 100.0)
    assert reasons(queue, "caller", 500.0) == {
        "a": "offered: penalty 0, linear 0",
        "b": "no: paused since 10 s",
        "c": "behind: penalty 0, linear 2",
    }
    assert text_of(past).splitlines()[0] == (
        "q: caller, 100 s after it joined (linear, penalties 0 to any)"
    )
    assert "got it" in text_of(past)


def test_who_did_not_take_it_and_who_was_given_to_others() -> None:
    queue = make("a", "b", "c", strategy="linear")
    first, _ = join(queue, "first"), join(queue, "second")
    assert offered(queue) == [("first", "a"), ("second", "b")]
    assert reasons(queue, "second", 100.0, at=1)["a"] == "no: offered to a caller before this one"
    refused = (queue.members["a"],)
    queue.let_go(first, queue.members["a"])
    assert queue.choose_after(first, refused, 101.0) == (queue.members["c"],)
    told = reasons(queue, "first", 101.0, at=1)
    assert told["a"] == "no: did not take this very call a moment ago"
    assert told["b"] == "no: claimed by this queue, for second"


def test_what_holds_a_caller_up() -> None:
    queue = make("a", strategy="linear", autofill=False)
    first = join(queue, "first")
    second = join(queue, "second")
    assert offered(queue) == [("first", "a")]
    assert explain(queue, "first", 100.0)[0].holds_up == "rings at a"
    queue.offer_failed(first, 100.0)
    told = explain(queue, "first", 102.0)[0]
    assert told.holds_up == "nobody took it: offered again in 3.0 s (retry)"
    assert "waits: nobody took it" in text_of(told)
    assert "one at a time" in explain(queue, second.channel, 102.0)[0].holds_up
    assert explain(queue, "nobody", 102.0) == []


def test_the_last_ones_are_kept_and_no_more() -> None:
    queue = make("a", strategy="linear")
    for number in range(KEPT + 5):
        served(queue, join(queue, f"c{number}"), now=100.0 + number)
    assert len(queue.decisions.kept) == KEPT
    assert explain(queue, "c4", 200.0) == []
    assert explain(queue, "c5", 200.0)[0].caller == "c5"

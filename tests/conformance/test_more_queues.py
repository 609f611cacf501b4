"""Queues by the rules that the recorded scenarios show, on calls that nobody recorded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.test_queues import run, same

A1, A2, A3 = (f"Local/r02t600a{number}@agents/n" for number in (1, 2, 3))
SHORT = "Local/r02t020a1@agents/n"  #: answers after 0.2 s, talks for 2
DEAF, DEAF2 = "Local/n1@agents/n", "Local/n2@agents/n"
BUSY = "Local/b1@agents/n"
CONGESTED = "Local/c1@agents/n"

Action = tuple[float, dict[str, str]]
Call = tuple[float, str, float, str]


def scenario(
    options: str,
    members: list[str],
    calls: list[Call],
    actions: list[Action] | None = None,
    *,
    rules: str = "",
) -> dict[str, Any]:
    return {
        "options": options, "members": members, "calls": calls, "actions": actions or [],
        "rules": rules, "after": "", "secs": 60,
    }  # fmt: skip


def one_after_the_other(strategy: str) -> dict[str, Any]:
    return scenario(f"strategy={strategy}\n", [A1, A2, A3], [(n * 3, "", 2, "") for n in range(4)])


def pause(at: float, interface: str, reason: str = "") -> Action:
    action = {"Action": "QueuePause", "Interface": interface, "Paused": "true", "Reason": reason}
    return (at, action)


#: Name: the scenario, and the lines of its log: who, what, data; ``ID`` stands for any.
SCENARIOS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "ringall: who was named last rings first": (
        one_after_the_other("ringall"),
        [line for _ in range(4) for line in (
            "NONE ENTERQUEUE", f"{A3} CONNECT", f"{A3} COMPLETECALLER",
        )],
    ),
    "rrmemory: round, who was named last first": (
        one_after_the_other("rrmemory"),
        [line for who in (A3, A2, A1, A3) for line in (
            "NONE ENTERQUEUE", f"{who} CONNECT", f"{who} COMPLETECALLER",
        )],
    ),
    "linear: in their order for each caller": (
        one_after_the_other("linear"),
        [line for _ in range(4) for line in (
            "NONE ENTERQUEUE", f"{A1} CONNECT", f"{A1} COMPLETECALLER",
        )],
    ),
    "ringall: all who rang in vain are told": (
        scenario("timeout=3\nretry=9\n", [DEAF, DEAF2], [(0, "", 6, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{DEAF2} RINGNOANSWER 3000", f"{DEAF} RINGNOANSWER 3000",
            "NONE ABANDON 1 1 6",
        ],
    ),
    "autopause": (
        scenario("timeout=2\nautopause=yes\n", [DEAF], [(0, "", 9, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{DEAF} RINGNOANSWER 2000", f"{DEAF} PAUSE Auto-Pause",
            "NONE ABANDON 1 1 9",
        ],
    ),
    "autopause leaves who is busy alone": (
        scenario("timeout=2\nretry=9\nautopause=yes\n", [BUSY], [(0, "", 5, "")]),
        ["NONE ENTERQUEUE  5550 1", f"{BUSY} RINGNOANSWER 0", "NONE ABANDON 1 1 5"],
    ),
    "autopausebusy": (
        scenario("retry=9\nautopause=yes\nautopausebusy=yes\n", [BUSY], [(0, "", 5, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{BUSY} RINGNOANSWER 0", f"{BUSY} PAUSE Auto-Pause",
            "NONE ABANDON 1 1 5",
        ],
    ),
    "a full queue": (
        scenario("maxlen=1\n", [DEAF], [(0, "", 4, ""), (1, "", 4, "")]),
        ["NONE ENTERQUEUE  5550 1", f"{DEAF} RINGCANCELED 4000", "NONE ABANDON 1 1 4"],
    ),
    "a time limit while a member rings": (
        scenario("timeout=20\n", [DEAF], [(0, ",,,5", 9, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{DEAF} RINGNOANSWER 5000", "NONE EXITWITHTIMEOUT 1 1 5",
        ],
    ),
    "option n": (
        scenario("strategy=linear\ntimeout=2\nretry=1\n", [DEAF, DEAF2], [(0, "n", 20, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{DEAF} RINGNOANSWER 2000", f"{DEAF2} RINGNOANSWER 2000",
            "NONE EXITWITHTIMEOUT 1 1 5",
        ],
    ),
    "a position in line": (
        scenario("", [DEAF], [(0, "", 5, ""), (1, "", 6, ""), (2, ",,,,,,,2", 7, "")]),
        [
            "NONE ENTERQUEUE  5550 1", "NONE ENTERQUEUE  5551 2", "NONE ENTERQUEUE  5552 2",
            f"{DEAF} RINGCANCELED 5000", "NONE ABANDON 1 1 5", "NONE ABANDON 2 2 6",
            f"{DEAF} RINGCANCELED 4000", "NONE ABANDON 1 2 7",
        ],
    ),
    "ringinuse lets a member have two calls": (
        scenario("ringinuse=yes\n", [A1], [(0, "", 5, ""), (1, "", 5, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{A1} CONNECT 0 ID 0", "NONE ENTERQUEUE  5551 1",
            f"{A1} CONNECT 0 ID 0", f"{A1} COMPLETECALLER 0 5 1", f"{A1} COMPLETECALLER 0 5 1",
        ],
    ),
    "one call after the other without it": (
        scenario("ringinuse=no\n", [SHORT], [(0, "", 9, ""), (1, "", 9, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{SHORT} CONNECT 0 ID 0", "NONE ENTERQUEUE  5551 1",
            f"{SHORT} COMPLETEAGENT 0 2 1", f"{SHORT} CONNECT 1 ID 0", f"{SHORT} COMPLETEAGENT 1 2 1",
        ],
    ),
    "leaving when all are in use": (
        scenario("leavewhenempty=inuse\n", [A1], [(0, "", 5, ""), (1, "", 5, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{A1} CONNECT 0 ID 0", "NONE ENTERQUEUE  5551 1",
            "NONE EXITEMPTY 1 1 0", f"{A1} COMPLETECALLER 0 5 1",
        ],
    ),
    "leaving when all are paused": (
        scenario("leavewhenempty=yes\n", [A1], [(0, "", 9, "")], [pause(-1, A1, "lunch")]),
        [f"{A1} PAUSE lunch", "NONE ENTERQUEUE  5550 1", "NONE EXITEMPTY 1 1 0"],
    ),
    "nobody joins where all are paused": (
        scenario("joinempty=paused\n", [A1], [(1, "", 9, "")], [pause(0, A1)]),
        [f"{A1} PAUSE "],
    ),
    "a penalty beyond what a rule allows yet": (
        scenario("retry=1\n", [f"{A1},5"], [(0, ",,,,,,rp", 9, "")], rules="penaltychange => 0,3\npenaltychange => 4,+4\n"),
        ["NONE ENTERQUEUE  5550 1", f"{A1} CONNECT 4 ID 0", f"{A1} COMPLETECALLER 4 5 1"],
    ),
    "penaltymemberslimit": (
        scenario("penaltymemberslimit=1\n", [f"{A1},9"], [(0, ",,,,,,rp", 3, "")], rules="penaltychange => 0,3\n"),
        ["NONE ENTERQUEUE  5550 1", f"{A1} CONNECT 0 ID 0", f"{A1} COMPLETECALLER 0 3 1"],
    ),
    "memberdelay": (
        scenario("memberdelay=2\n", [A1], [(0, "", 6, "")]),
        ["NONE ENTERQUEUE  5550 1", f"{A1} CONNECT 2 ID 0", f"{A1} COMPLETECALLER 2 4 1"],
    ),
    "ringall: those behind wait while one in front refuses": (
        scenario("retry=2\n", [f"{BUSY},0", f"{A1},5"], [(0, "", 3, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{BUSY} RINGNOANSWER 0", f"{BUSY} RINGNOANSWER 0",
            "NONE ABANDON 1 1 3",
        ],
    ),
    "autopauseunavail": (
        scenario("retry=9\nautopause=yes\nautopauseunavail=yes\n", [CONGESTED], [(0, "", 5, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{CONGESTED} RINGNOANSWER 0", f"{CONGESTED} PAUSE Auto-Pause",
            "NONE ABANDON 1 1 5",
        ],
    ),
    "autopausebusy leaves who cannot be reached alone": (
        scenario("retry=9\nautopause=yes\nautopausebusy=yes\n", [CONGESTED], [(0, "", 5, "")]),
        ["NONE ENTERQUEUE  5550 1", f"{CONGESTED} RINGNOANSWER 0", "NONE ABANDON 1 1 5"],
    ),
    "autopause of all queues": (
        scenario("timeout=2\nautopause=all\n", [DEAF], [(0, "", 4, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{DEAF} RINGNOANSWER 2000", f"{DEAF} PAUSEALL ",
            f"{DEAF} PAUSE Auto-Pause", "NONE ABANDON 1 1 4",
        ],
    ),
    "rrmemory goes on behind who does not answer": (
        scenario("strategy=rrmemory\ntimeout=2\nretry=1\n", [A1, DEAF], [(0, "", 6, "")]),
        [
            "NONE ENTERQUEUE  5550 1", f"{DEAF} RINGNOANSWER 2000", f"{A1} CONNECT 3 ID 0",
            f"{A1} COMPLETECALLER 3 3 1",
        ],
    ),
    "linear leaves out who is paused, and rings nobody twice": (
        scenario(
            "strategy=linear\ntimeout=2\nretry=1\n", [A2, DEAF, A1], [(0, "", 6, "")], [pause(-1, A2)],
        ),
        [
            f"{A2} PAUSE ", "NONE ENTERQUEUE  5550 1", f"{DEAF} RINGNOANSWER 2000",
            f"{A1} CONNECT 3 ID 0", f"{A1} COMPLETECALLER 3 3 1",
        ],
    ),
    "members that are paused when they come": (
        scenario("", [], [(1, "", 3, "")], [
            (0, {"Action": "QueueAdd", "Interface": A1, "Paused": "true", "Reason": "x"}),
        ]),
        [f"{A1} ADDMEMBER PAUSED", "NONE ENTERQUEUE  5550 1", "NONE ABANDON 1 1 3"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    told, lines = SCENARIOS[name]
    done = run(told)
    wanted = [["", *line.split(" ")] for line in lines]
    found = [["", *line[1:]] for line in done.log]
    if any(len(line) == 3 and line[2] != "ENTERQUEUE" for line in wanted):  # who, and what
        found = [line[:3] for line in found]
    assert len(found) == len(wanted), found
    for one, other in zip(found, wanted, strict=True):
        assert same(one, other), (one, other)
        if other[2] == "ENTERQUEUE":
            assert one[5:] == other[5:], (one, other)

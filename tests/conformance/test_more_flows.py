"""Flows of our own, by the rules that the recorded ones show: what is executed, and the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.test_flows import executed, in_order

DIALLED = "[@-to]\nexten => x,1,Answer()\n same => n,Wait(1)\nexten => b,1,Busy(1)\n"
ROUTINE = "[@-sub]\nexten => s,1,Set(GOSUB_RESULT={result})\n same => n,Return()\n"


def flow(conf: str, other: str = "", dtmf: str = "") -> dict[str, Any]:
    return {"conf": conf, "start": "s@@", "other": other, "dtmf": dtmf}


#: Name: the flow, the data of all NoOps in their order, and of each record its destination,
#: application, data and disposition.
FLOWS: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "the cause of who was talked to": (
        flow(
            "[@]\nexten => s,1,Dial(Local/x@@-to/n,2,g)\n same => n,NoOp(${HANGUPCAUSE})\n"
            "[@-to]\nexten => x,1,Answer()\n same => n,Wait(1)\n same => n,Hangup(18)\n"
        ),
        ["18"],
        [
            "-> Wait 30 ANSWERED",
            "-> NoOp 18 ANSWERED",
            "-> Local/x@@-to-X;1 Dial Local/x@@-to/n,2,g ANSWERED",
            "-> Hangup 18 ANSWERED",
        ],
    ),
    "a routine before the dial leaves its record alone": (
        flow(
            "[@]\nexten => s,1,Dial(Local/x@@-to/n,2,gB(@-sub^s^1))\n"
            + ROUTINE.format(result="none")
            + DIALLED
        ),
        [],
        [
            "-> Wait 30 ANSWERED",
            "-> Local/x@@-to-X;1 Dial Local/x@@-to/n,2,gB(@-sub^s^1) ANSWERED",
            "-> Wait 1 ANSWERED",
        ],
    ),
    "a routine says that it is busy": (
        flow(
            "[@]\nexten => s,1,Dial(Local/x@@-to/n,2,U(@-sub))\n same => n,NoOp(${DIALSTATUS})\n"
            + ROUTINE.format(result="BUSY")
            + DIALLED
        ),
        ["BUSY"],
        ["-> Local/x@@-to-X;1 Dial Local/x@@-to/n,2,U(@-sub) BUSY", "-> Answer  ANSWERED"],
    ),
    "dialling again": (
        flow(
            "[@]\nexten => s,1,RetryDial(beep,1,2,Local/b@@-to/n,1)\n"
            " same => n,NoOp(${DIALSTATUS})\n" + DIALLED
        ),
        ["BUSY"],
        ["-> Local/b@@-to-X;1 RetryDial Retrying BUSY"] * 2,
    ),
    "a parked call comes back": (
        flow(
            "[@]\nexten => s,1,Answer()\n same => n,Park(,sc(@,back,1)t(1))\n"
            "exten => back,1,NoOp(${PARKING_SPACE} ${PARKEDLOT})\n same => n,Wait(1)\n"
        ),
        ["701 default"],
        ["-> Wait 30 ANSWERED", "-> Park default ANSWERED", "-> Wait 1 ANSWERED"],
    ),
    "a parked call is fetched": (
        flow(
            "[@]\nexten => s,1,Answer()\n same => n,Originate(Local/f@@/n,app,Wait,4)\n"
            " same => n,Park(,s)\nexten => f,1,Answer()\n same => n,Wait(1)\n"
            " same => n,ParkedCall(default,701)\n"
        ),
        [],
        [
            "-> Wait 4 ANSWERED",
            "-> ParkedCall default,701 ANSWERED",
            "-> Wait 30 ANSWERED",
            "-> Park default ANSWERED",
            "-> Local/f@@-X;2 Park ,s ANSWERED",
        ],
    ),
    "a call is picked up": (
        flow(
            "[@]\nexten => s,1,Answer()\n same => n,Originate(Local/p@@/n,app,Wait,4)\n"
            " same => n,Dial(Local/x@@-rings/n,5,g)\n same => n,NoOp(${DIALSTATUS})\n"
            "exten => p,1,Answer()\n same => n,Wait(1)\n same => n,Pickup(s@@)\n"
            "[@-rings]\nexten => x,1,Ringing()\n same => n,Wait(9)\n"
        ),
        ["ANSWER"],
        [
            "-> Wait 4 ANSWERED",
            "-> Pickup s@@ ANSWERED",
            "-> Wait 30 ANSWERED",
            "-> NoOp ANSWER ANSWERED",
            "-> Local/p@@-X;2 Dial Local/x@@-rings/n,5,g ANSWERED",
            "-> Local/x@@-rings-X;1 Dial Local/x@@-rings/n,5,g NO ANSWER",
        ],
    ),
    "a digit leaves the dial": (
        flow(
            "[@]\nexten => s,1,Answer()\n same => n,Dial(Local/x@@-rings/n,10,d)\n"
            "exten => 5,1,NoOp(${DIALSTATUS})\n"
            "[@-rings]\nexten => x,1,Ringing()\n same => n,Wait(9)\n",
            dtmf="ww5",
        ),
        ["CANCEL"],
        [
            "-> SendDTMF ww5" + "w" * 40 + " ANSWERED",
            "-> NoOp CANCEL ANSWERED",
            "-> Local/x@@-rings-X;1 Dial Local/x@@-rings/n,10,d NO ANSWER",
        ],
    ),
}  # fmt: skip


def told(record: dict[str, Any]) -> str:
    destination = f"-> {record['dstchannel']}" if record["dstchannel"] else "->"
    return f"{destination} {record['lastapp']} {record['lastdata']} {record['disposition']}"


@pytest.mark.parametrize("name", FLOWS)
def test_flow(name: str, tmp_path: Path) -> None:
    what, said, records = FLOWS[name]
    seen, found = executed(what, tmp_path)
    steps = [step for steps in seen.values() for step in steps]
    assert [step[3] for step in steps if step[2] == "NoOp"] == said
    assert [told(record) for record in in_order(found)] == records


HANDLED = (
    "[@]\nexten => s,1,Dial(Local/{dialled}@@-to/n,2,gb(@-pre^s^1))\n"
    "[@-pre]\nexten => s,1,Set(CHANNEL(hangup_handler_push)=@-hh,s,1(callee))\n same => n,Return()\n"
    "[@-hh]\nexten => s,1,NoOp(${{ARG1}} ${{HANGUPCAUSE}})\n same => n,Return()\n" + DIALLED
)


@pytest.mark.parametrize(("dialled", "records"), [("x", 3), ("b", 1)])
def test_handlers_of_a_called_channel_run_at_its_end(
    dialled: str, records: int, tmp_path: Path
) -> None:
    seen, found = executed(flow(HANDLED.format(dialled=dialled)), tmp_path)
    ((_, _, _, said), _) = seen["-hh"]
    assert said.startswith("callee")
    assert len(found) == records, "a handler makes no record"

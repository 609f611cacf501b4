"""Queues as a genuine Asterisk 22 runs them (``queues.json``), in virtual time."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import switchroom.apps
import switchroom.functions
from switchroom.channels.local import LocalTechnology
from switchroom.config.language.reader import parse_config
from switchroom.config.language.values import is_true
from switchroom.config.queues.queues import read_queue_rules, read_queues
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.events import NewExtension
from switchroom.pbx.originate import Origination, RunApplication, originate
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cdr import RecordRules
from switchroom.pbx.records.cdr_recorder import Recorder
from switchroom.queues.desk import Desks
from switchroom.queues.log import QueueLog
from switchroom.queues.member import Member
from switchroom.storage.call_record import CallRecord
from tests.support.fakes import FakeSounds, make_pbx, run_virtual

SCENARIOS = {
    each["id"]: each for each in json.loads((Path(__file__).parent / "queues.json").read_text())
}
#: What an extension did in the scenarios without callers, behind what is recorded as ``after``.
MEMBERS_COME_AND_GO = (
    "AddQueueMember({q},Local/zz@agents,2,,Zed)", "NoOp(${AQMSTATUS})",
    "AddQueueMember({q},Local/zz@agents)", "NoOp(${AQMSTATUS})",
    "PauseQueueMember({q},Local/zz@agents,,why)", "NoOp(${PQMSTATUS})",
    "UnpauseQueueMember({q},Local/zz@agents)", "NoOp(${UPQMSTATUS})",
    "PauseQueueMember({q},Local/none@agents)", "NoOp(${PQMSTATUS})",
    "RemoveQueueMember({q},Local/zz@agents)", "NoOp(${RQMSTATUS})",
    "RemoveQueueMember({q},Local/zz@agents)", "NoOp(${RQMSTATUS})",
    "AddQueueMember(nosuchqueue,Local/zz@agents)", "NoOp(${AQMSTATUS})",
)  # fmt: skip

QUEUE = "q"
AGENTS = """\
[agents]
exten => _rXXtXXXa.,1,Ringing()
 same => n,Wait($[${EXTEN:1:2} / 10])
 same => n,Answer()
 same => n,Wait($[${EXTEN:4:3} / 10])
 same => n,Hangup()
exten => _[n].,1,Ringing()
 same => n,Wait(60)
exten => _b.,1,Busy(5)
exten => _c.,1,Congestion(5)
[queue-keys]
exten => _X,1,NoOp(key ${EXTEN})
"""
START = 1_700_000_000.0


def dialplan_of(scenario: Mapping[str, Any]) -> str:
    text = AGENTS
    for number, (_, more, _, _) in enumerate(scenario["calls"]):
        text += (
            f"[{QUEUE}c{number}]\n"
            "exten => s,1,Answer()\n"
            f" same => n,Queue({QUEUE}{',' if more else ''}{more})\n"
            " same => n,NoOp([${QUEUESTATUS}][${ABANDONED}])\n"
        )
        if scenario["after"]:
            text += f" same => n,{scenario['after']}\n same => n,NoOp()\n"
    if not scenario["calls"]:
        lines = [scenario["after"].replace("@", QUEUE), *MEMBERS_COME_AND_GO]
        steps = (f" same => n,{line.replace('{q}', QUEUE)}\n" for line in lines)
        text += f"[{QUEUE}x]\nexten => s,1,{''.join(steps).removeprefix(' same => n,')}"
    return text


def masked(text: str) -> str:
    text = re.sub(rf"(?<![\w/]){QUEUE}(?=c\d|$|,|\|)", "@", text.replace(f"@{QUEUE}", "@@"))
    return re.sub(r"(?<=,)rp$", "@", text)  # the rule had a name of the queue's own


class Recorded:
    """What one run left."""

    def __init__(self) -> None:
        self.log: list[list[str]] = []
        self.trace: dict[str, list[list[Any]]] = {}
        self.records: list[dict[str, Any]] = []
        self._calls: dict[str, str] = {}

    def note_log(self, call_id: str, queue: str, agent: str, event: str, *data: str) -> None:
        assert queue in {QUEUE, "NONE"}
        if re.fullmatch(r"[\d.]+", call_id):
            call_id = self._calls.setdefault(call_id, f"call{len(self._calls)}")
        self.log.append([call_id, agent, event, *data])

    def note_step(self, event: NewExtension) -> None:
        if event.context.startswith((QUEUE + "c", QUEUE + "x")) and event.application != "AppDial2":
            steps = self.trace.setdefault(event.context.removeprefix(QUEUE), [])
            steps.append([event.priority, event.application, masked(event.data)])

    def note_record(self, record: CallRecord) -> None:
        assert record.end is not None
        if not record.dcontext.startswith(QUEUE + "c"):
            return  # of the agents, whom all scenarios shared
        self.records.append(
            {
                "src": record.src,
                "dst": record.dst,
                "dcontext": record.dcontext.removeprefix(QUEUE),
                "lastapp": record.lastapp,
                "duration": int(record.duration(record.end)),
                "billsec": int(record.talked(record.end)),
                "disposition": str(record.disposition),
                "channel": re.sub(r"-[0-9a-f]{8};", "-X;", masked(record.channel)),
                "dstchannel": re.sub(r"-[0-9a-f]{8};", "-X;", masked(record.dstchannel)),
            }
        )


def act(pbx: Pbx, action: Mapping[str, str]) -> None:
    """What an action of the manager interface does."""
    desk = pbx.datastore(Desks)[QUEUE]
    interface = action["Interface"]
    match action["Action"]:
        case "QueueRemove":
            known = desk.queue.member(interface)
            if known is not None and known.is_dynamic:  # the configuration's are not removed
                desk.remove(interface, "MANAGER")
        case "QueueAdd":
            name = action.get("MemberName", interface)
            penalty = int(action.get("Penalty", "0"))
            member = Member(
                interface, name, interface, penalty, is_dynamic=True,
                is_paused=is_true(action.get("Paused", "no")),
            )  # fmt: skip
            assert desk.add(member, "MANAGER")
        case "QueuePause":
            found = desk.queue.member(interface)
            assert found is not None
            desk.pause(found, paused=is_true(action["Paused"]), reason=action.get("Reason", ""))
        case _:
            raise AssertionError(action)


def run(scenario: Mapping[str, Any]) -> Recorded:
    done = Recorded()
    dialplan = parse_dialplan(parse_config(dialplan_of(scenario), path=Path("extensions.conf")))
    members = "".join(f"member => {each}\n" for each in scenario["members"])
    defaults = "retry=2\nringinuse=no\njoinempty=yes\n"
    queues = f"[general]\nautofill=yes\n[{QUEUE}]\n{defaults}{scenario['options']}{members}"
    rules = f"[rp]\n{scenario['rules']}"

    async def main() -> None:
        interpreter = Interpreter(
            collect_applications(switchroom.apps), collect_functions(switchroom.functions), dialplan
        )
        loop = asyncio.get_running_loop()
        async with make_pbx(
            interpreter,
            sounds=FakeSounds(),
            technologies={"LOCAL": LocalTechnology()},
            now=lambda: START + loop.time(),
        ) as pbx:
            pbx.events.subscribe(NewExtension, done.note_step)
            Recorder(pbx, RecordRules(), done.note_record).start()
            pbx.datastore(QueueLog).sinks.append(done.note_log)
            found = read_queue_rules(parse_config(rules)).rules
            pbx.datastore(Desks).use(pbx, read_queues(parse_config(queues)), dict(found))
            for second, action in scenario["actions"]:
                if second < 0:
                    act(pbx, action)
                else:
                    loop.call_later(second, act, pbx, action)
            for number, (second, _, stays, digits) in enumerate(scenario["calls"]):
                await asyncio.sleep(max(0.0, second - loop.time()))
                other = RunApplication("Wait", str(stays))
                if digits:
                    other = RunApplication("SendDTMF", digits)
                place = f"Local/s@{QUEUE}c{number}/n"
                await originate(
                    pbx, Origination(place, other, caller=CallerId(number=f"555{number}"))
                )
            if not scenario["calls"]:
                await originate(
                    pbx, Origination(f"Local/s@{QUEUE}x/n", RunApplication("Wait", "5"))
                )
            await asyncio.sleep(scenario["secs"] + 60)
            assert pbx.channels == {}
            assert not pbx.datastore(Desks)[QUEUE].queue.entries
            assert len(pbx.datastore(Desks)._claims) == 0

    run_virtual(main())
    return done


def same(found: list[str], wanted: list[str]) -> bool:
    """Whether two lines of the log say the same; a second, or 700 ms, do not matter."""
    if len(found) != len(wanted) or found[:3] != wanted[:3]:
        return False
    slack = 700 if wanted[2] in {"RINGNOANSWER", "RINGCANCELED"} else 1
    for one, other in zip(found[3:], wanted[3:], strict=True):
        if other == "ID" and one:
            continue
        if one != other and not (
            one.isdigit() and other.isdigit() and abs(int(one) - int(other)) <= slack
        ):
            return False
    return True


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    scenario = SCENARIOS[name]
    done, want = run(scenario), scenario["want"]
    assert done.trace == want["trace"]
    assert len(done.log) == len(want["queue_log"]), done.log
    for found, wanted in zip(done.log, want["queue_log"], strict=True):
        assert same(found, wanted), (found, wanted)
    order = sorted(want["cdr"], key=lambda e: (e["channel"], e["dstchannel"], e["lastapp"]))
    records = sorted(done.records, key=lambda e: (e["channel"], e["dstchannel"], e["lastapp"]))
    for record, wanted_record in zip(records, order, strict=False):
        for span in ("duration", "billsec"):
            assert abs(record.pop(span) - wanted_record.pop(span)) <= 1
    assert records == order

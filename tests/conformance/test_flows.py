"""The executed priorities of a genuine Asterisk 22 (``flows.json``), in virtual time."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

import switchroom.apps
import switchroom.functions
from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import Directories
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.pbx.events import NewExtension
from switchroom.pbx.originate import Origination, RunApplication, originate
from switchroom.pbx.records.cdr import RecordRules
from switchroom.pbx.records.cdr_recorder import Recorder
from switchroom.storage.call_record import CallRecord
from tests.support.fakes import FakeSounds, make_pbx, run_virtual

FLOWS = {
    flow["id"]: flow for flow in json.loads((Path(__file__).parent / "flows.json").read_text())
}

#: Flows whose applications are not built yet; whoever builds them takes them out.
MISSING: set[str] = set()

PREFIX = "flow"
#: How long the prompts are that the recorded digits were timed for.
SOUNDS = {
    "extension": 1.0,
    "agent-pass": 2.0,
    "vm-goodbye": 1.0,
    "digits/1": 0.5,
    "conf-invalid": 4.0,
}


def placed(text: str) -> str:
    """``@`` at the start of a name stands for the flow's context, ``@@`` for "at" it."""
    return re.sub(r"@@", "@" + PREFIX, re.sub(r"(?<![@\w])@(?!@)", PREFIX, text))


def masked(text: str) -> str:
    return re.sub(rf"(?<![\w@]){PREFIX}", "@", text.replace(f"@{PREFIX}", "@@"))


def masked_record(record: CallRecord) -> dict[str, Any]:
    """The recorded columns of a record."""
    assert record.end is not None
    return {
        "src": record.src,
        "dst": record.dst,
        "dcontext": record.dcontext.removeprefix(PREFIX),
        "channel": re.sub(r"-[0-9a-f]{8};", "-X;", masked(record.channel)),
        "dstchannel": re.sub(r"-[0-9a-f]{8};", "-X;", masked(record.dstchannel)),
        "lastapp": record.lastapp,
        "lastdata": masked(record.lastdata),
        "duration": int(record.duration(record.end)),
        "billsec": int(record.talked(record.end)),
        "disposition": str(record.disposition),
        "userfield": record.userfield,
    }


def in_order(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(records, key=lambda each: (each["channel"], each["dstchannel"], each["lastapp"]))


Trace = dict[str, list[list[Any]]]


def executed(flow: dict[str, Any], folder: Path) -> tuple[Trace, list[dict[str, Any]]]:
    conf = placed(flow["conf"])
    dialplan = parse_dialplan(parse_config(conf, path=Path("extensions.conf")))
    seen: Trace = {}
    records: list[dict[str, Any]] = []

    def note(event: NewExtension) -> None:
        suffix = event.context.removeprefix(PREFIX)
        seen.setdefault(suffix, []).append(
            [event.extension, event.priority, event.application, masked(event.data)]
        )

    folders = Directories(astdatadir=folder)

    async def main() -> None:
        interpreter = Interpreter(
            collect_applications(switchroom.apps), collect_functions(switchroom.functions), dialplan
        )
        local = {"LOCAL": LocalTechnology()}
        async with make_pbx(
            interpreter,
            sounds=FakeSounds(SOUNDS),
            technologies=local,
            directories=folders,
            now=asyncio.get_running_loop().time,
        ) as pbx:
            pbx.events.subscribe(NewExtension, note)
            Recorder(pbx, RecordRules(), lambda each: records.append(masked_record(each))).start()
            if flow["dtmf"]:
                other = RunApplication("SendDTMF", flow["dtmf"] + "w" * 40)
            else:
                name, _, data = (flow["other"] or "Wait(30)").rstrip(")").partition("(")
                other = RunApplication(name, data)
            await originate(pbx, Origination(f"Local/{placed(flow['start'])}/n", other))
            await asyncio.sleep(60)
            assert pbx.channels == {}

    run_virtual(main())
    return seen, records


@pytest.mark.parametrize("name", [name for name in FLOWS if name not in MISSING])
def test_flow(name: str, tmp_path: Path) -> None:
    flow = FLOWS[name]
    seen, records = executed(flow, tmp_path)
    assert seen == flow["want"]
    wanted = in_order(flow["cdr"])
    found = in_order(records)
    for record, want in zip(found, wanted, strict=False):
        for span in ("duration", "billsec"):
            assert abs(record.pop(span) - want.pop(span)) <= 1, (span, want)
    assert found == wanted

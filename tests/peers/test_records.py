"""The records of a real server that is killed in the middle of calls."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from switchroom.storage.channel_journal import read_journal
from tests.peers.node import Node

pytestmark = pytest.mark.peer

FILES = {
    "extensions.conf": """\
[phones]
exten => talks,1,Answer()
 same => n,Wait(0.3)
exten => dials,1,Dial(Local/talks@phones/n,10)
exten => through,1,Dial(Local/dials@phones,10)
exten => busy,1,Busy(0.1)
exten => asks,1,Dial(Local/busy@phones/n,3)
exten => queue,1,Queue(sales,,,,5)
exten => forks,1,Answer()
 same => n,ForkCDR()
 same => n,Wait(0.1)
exten => long,1,Answer()
 same => n,Wait(600)
""",
    "queues.conf": "[sales]\nmember => Local/talks@phones/n\nretry=1\n",
    "cdr.conf": "[general]\nunanswered=yes\n[csv]\nnewcdrcolumns=yes\n",
    "cel.conf": "[general]\nenable=yes\nevents=ALL\napps=dial,queue\n",
    "cel_custom.conf": (
        "[mappings]\nMaster.csv => ${CSV_QUOTE(${eventtype})},${CSV_QUOTE(${CHANNEL(channame)})}"
        ",${CSV_QUOTE(${CHANNEL(uniqueid)})}\n"
    ),
}
KINDS = ("talks", "dials", "through", "busy", "asks", "queue", "forks")
#: Records are written within milliseconds; on a machine that is busy it may take longer.
ON_THEIR_WAY = 5.0


def verify(folder: Path) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "switchroom", "records", "verify", "-C", str(folder), "--json"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode, json.loads(done.stdout)


def originate(node: Node, kind: str) -> None:
    node.ask(f"channel originate Local/{kind}@phones application Wait 0.5")


@pytest.mark.parametrize("seed", [1, 2])
def test_a_server_that_is_killed_loses_no_record_of_a_call_that_was_over(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    node = Node(tmp_path, FILES)
    node.start()
    try:
        kinds = [chance.choice(KINDS) for _ in range(25)]
        kinds.insert(5, "long")
        for kind in kinds:
            originate(node, kind)
            time.sleep(chance.random() * 0.05)  # calls of other processes come at any time
        killed_at = time.time()  # noqa: TID251  # what the journal of another process is held against
    finally:
        node.kill()
    (run,) = read_journal(tmp_path / "spool" / "records")
    up = {each.name for each in run.channels.values() if each.gone_at is None}
    assert len(up) >= 2  # the long call's halves at least
    late = {
        each.name
        for each in run.channels.values()
        if each.gone_at is not None and each.gone_at > killed_at - ON_THEIR_WAY
    }
    code, verdict = verify(tmp_path)
    named = {each["channel"] for each in verdict["gaps"]}
    assert code == 1
    assert up <= named <= up | late
    _is_whole_from_now_on(node, tmp_path, before=verdict["gaps"])


def _is_whole_from_now_on(node: Node, folder: Path, *, before: list[Any]) -> None:
    """Started again, the server adds no gap; nor does a graceful stop, which writes all there is."""
    node.start()
    try:
        for kind in KINDS:
            originate(node, kind)
        node.cli("core stop gracefully")
        assert node.wait_for_exit(within=60) == 0
    finally:
        node.stop()
    code, verdict = verify(folder)
    assert code == 1
    assert verdict["gaps"] == before
    channels = sum(len(run.channels) for run in read_journal(folder / "spool" / "records"))
    assert verdict["channels"] == channels
    lines = (folder / "log" / "cdr-csv" / "Master.csv").read_text().splitlines()
    assert verdict["call_records"] <= len(lines)
    assert re.search(r'"Queue"', "".join(lines))

"""QueueExplain."""

from __future__ import annotations

from pathlib import Path

from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
from switchroom.queues.desk import Desks
from switchroom.queues.entry import Entry
from tests.ami.support import Ami, run_ami

QUEUES = (
    "[q]\nstrategy=linear\nmember=>Local/a@b,0,Ann,Custom:a\nmember=>Local/c@d,7,Bob,Custom:b\n"
)


def test_a_decision_and_what_is_said_of_each_member(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        desks = ami.pbx.datastore(Desks)
        desks.use(ami.pbx, read_queues(parse_config(QUEUES)), {})
        desk = desks["q"]
        desk.queue.join(Entry("PJSIP/x-1", "17.1", desk.now(), highest=3))
        reader = await ami.user("reader", "look")
        await reader.ask("QueueExplain", Queue="q", ActionID="5")
        first, decision, ann, bob, last = reader.answers
        assert first.get("EventList") == "start"
        assert decision.get("Event") == "QueueDecision"
        assert [decision.get(n) for n in ("ActionID", "Channel", "When", "Penalties")] == [
            "5", "PJSIP/x-1", "now", "0 to 3",
        ]  # fmt: skip
        names = ("Event", "Name", "Location", "Outcome", "Rank", "Obstacle", "Reason")
        assert [ann.get(name) for name in names] == [
            "QueueVerdict", "Ann", "Local/a@b", "offered", "1", "", "penalty 0, linear 0",
        ]  # fmt: skip
        assert [bob.get(name) for name in names] == [
            "QueueVerdict", "Bob", "Local/c@d", "no", "0", "penalty", "penalty 7 > 3",
        ]  # fmt: skip
        assert (last.get("Event"), last.get("ListItems")) == ("QueueExplainComplete", "3")
        assert (await reader.ask("QueueExplain", Queue="x")).get("Message") == "No such queue"

    run_ami(tmp_path, test)

"""QueueExplain: why a caller gets this agent, and not that one."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, listing
from switchroom.ami.request import Request
from switchroom.queues.desk import Desks
from switchroom.queues.explaining import Explanation, explain


@action("QueueExplain")
def queue_explain(request: Request) -> Reply:
    """Say of each member why it gets a caller or not: now, and when it was last decided."""
    name = request.required("Queue", "'Queue' not specified.")
    desk = request.pbx.datastore(Desks).get(name)
    if desk is None:
        raise ActionError("No such queue")
    desk.refresh_all()
    found = explain(desk.queue, request.get("Caller"), desk.now())
    events = [event for each in found for event in _told(each)]
    return listing("Queue decisions will follow", "QueueExplainComplete", events)


def _told(explanation: Explanation) -> Iterable[Listed]:
    told = explanation
    where = [("Queue", told.queue), ("Channel", told.caller), ("Uniqueid", told.unique_id)]
    yield Listed(
        "QueueDecision",
        (
            *where,
            ("When", "past" if told.is_past else "now"),
            ("Timestamp", f"{told.at:.3f}"),
            ("Wait", str(int(told.waited))),
            ("Strategy", told.strategy),
            ("Penalties", told.penalties),
            ("Requires", told.requires),
            ("HoldsUp", told.holds_up),
        ),
    )
    for each in told.verdicts:
        yield Listed(
            "QueueVerdict",
            (
                *where,
                ("Name", each.name),
                ("Location", each.interface),
                ("Outcome", each.outcome),
                ("Rank", str(each.rank)),
                ("Penalty", str(each.penalty)),
                ("Skills", each.skills),
                ("Obstacle", each.obstacle),
                ("Reason", each.reason),
            ),
        )

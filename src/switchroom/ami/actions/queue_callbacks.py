"""Who is called back instead of waiting."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.apps.queues.callbacks import Callbacks
from switchroom.queues.desk import Desks


@action("QueueCallbacks")
def callbacks(request: Request) -> Reply:
    """List who is called back instead of waiting."""
    wanted, now = request.get("Queue"), request.pbx.datastore(Desks).now()
    events = [
        Listed(
            "QueueCallback",
            (
                ("Queue", each.queue),
                ("CallbackID", each.identity),
                ("Number", each.number),
                ("Wait", str(int(now - each.joined_at))),
                ("Priority", str(each.priority)),
                ("Tried", str(each.tried)),
                ("Attempts", str(each.plan.attempts)),
                ("State", each.status),
            ),
        )
        for each in request.pbx.datastore(Callbacks).values()
        if wanted in {"", each.queue}
    ]
    return listing("Queue callbacks will follow", "QueueCallbacksComplete", events)


@action("QueueCallbackCancel", Privilege.AGENT)
def cancel(request: Request) -> Reply:
    """Call somebody back no more."""
    identity = request.required("CallbackID", "'CallbackID' not specified.")
    if not request.pbx.datastore(Callbacks).cancel(request.pbx, identity, "MANAGER"):
        raise ActionError("No such callback")
    return done("Callback cancelled")

"""What a script is told of its call before anything else."""

from __future__ import annotations

import threading

from switchroom.agi.wire import argument_facts
from switchroom.apps.agi import AgiRequest
from switchroom.base.version import COMPATIBLE_VERSION
from switchroom.pbx.channel import Channel


def facts_of(channel: Channel, request: AgiRequest, *, script: str | None = None) -> dict[str, str]:
    """The facts, in the order in which the original tells them.

    Args:
        channel: The call.
        request: What the dialplan asked for.
        script: Over the network: which script the server is to run.
    """
    caller = channel.caller
    facts = {}
    if script is not None:
        facts["network"] = "yes"
        facts["network_script"] = script
    facts |= {
        "request": request.command,
        "channel": channel.name,
        "language": channel.language,
        "type": channel.name.partition("/")[0],
        "uniqueid": channel.unique_id,
        "version": COMPATIBLE_VERSION,
        "callerid": caller.number or "unknown",
        "calleridname": caller.name or "unknown",
        "callingpres": str(caller.number_presentation),
        "callingani2": str(caller.ani2),
        "callington": str(caller.number_plan),
        "callingtns": "0",
        "dnid": caller.dnid or "unknown",
        "rdnis": channel.redirecting.sender.number or "unknown",
        "context": channel.context,
        "extension": channel.extension,
        "priority": str(channel.priority),
        "enhanced": "1.0" if request.wants_audio else "0.0",
        "accountcode": channel.account_code,
        "threadid": str(threading.get_ident()),
    }
    return facts | argument_facts(request.arguments)

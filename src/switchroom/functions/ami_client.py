"""AMI_CLIENT: who is logged in at the manager interface.

Family: Files, commands and the machine
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.manager_facts import ManagerFacts


@function("AMI_CLIENT")
def ami_client(channel: Channel, loginname: str, field: str) -> str:
    """How many sessions a user of manager.conf has.

    Args:
        channel: The channel.
        loginname: The user.
        field: ``sessions``.

    Examples:
        NoOp(${AMI_CLIENT(wallboard,sessions)})  ; => 0
    """
    if field.strip().lower() != "sessions":
        raise DialplanError(f"AMI_CLIENT: there is no {field!r}")
    facts = channel.pbx.datastore(ManagerFacts)
    name = loginname.strip()
    return str(sum(each.name == name for each in facts.connected()))

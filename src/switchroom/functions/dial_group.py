"""DIALGROUP: lists of who rings together, kept in the AstDB.

Family: Groups, devices and hints
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel

FAMILY = "dialgroup"


def _members(channel: Channel, group: str) -> list[str]:
    text = channel.pbx.astdb.get(FAMILY, group) or ""
    return [member for member in text.split("&") if member]


@function("DIALGROUP")
def dial_group(channel: Channel, group: str) -> str:
    """The members of a group, joined by ``&`` as Dial wants them.

    Args:
        channel: The channel.
        group: The group.

    Examples:
        Set(DIALGROUP(sales)=PJSIP/100&PJSIP/101)
        Set(DIALGROUP(sales,add)=PJSIP/102)
        Set(DIALGROUP(sales,del)=PJSIP/100)
        NoOp(${DIALGROUP(sales)})  ; => PJSIP/101&PJSIP/102
        Dial(${DIALGROUP(sales)},20)
    """
    return "&".join(_members(channel, group))


@function("DIALGROUP", write=True)
async def set_dial_group(channel: Channel, value: str, group: str, operation: str = "") -> None:
    """Change the members of a group; they are kept over a restart.

    Args:
        channel: The channel.
        value: A member, or all of them, joined by ``&``.
        group: The group.
        operation: ``add`` or ``del`` one member; nothing: the value is all members.
    """
    members = _members(channel, group)
    given = [member.strip() for member in value.split("&") if member.strip()]
    match operation.strip().lower():
        case "":
            members = given
        case "add":
            members += [member for member in given if member not in members]
        case "del":
            members = [member for member in members if member not in given]
        case _:
            raise DialplanError(f"DIALGROUP: {operation!r} is neither add nor del")
    await channel.pbx.astdb.put(FAMILY, group, "&".join(dict.fromkeys(members)))

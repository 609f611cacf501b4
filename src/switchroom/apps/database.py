"""DBdeltree(): delete a part of the AstDB.

Family: Variables and data
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


@application("DBdeltree", goes_on=True)
async def delete_tree(channel: Channel, path: Rest) -> None:
    """Delete a family of the AstDB, or the keys below one of its keys.

    Args:
        channel: The channel.
        path: ``family[/keytree]``.

    Examples:
        Set(DB(phone/100/name)=Ann)
        Set(DB(phone/100/room)=12)
        DBdeltree(phone/100)
        NoOp(${DB_KEYCOUNT(phone)})  ; => 0
    """
    family, _, tree = path.strip().partition("/")
    if not family:
        raise DialplanError("DBdeltree: which family?")
    await channel.pbx.astdb.delete_tree(family, tree)

"""How dynamic members are kept in the AstDB, as the original keeps them."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.base.text import leading_int
from switchroom.queues.member import Member
from switchroom.storage.database import Database

FAMILY = "Queue/PersistentMembers"
_SEPARATORS = str.maketrans({";": " ", "|": " "})


def kept_line(member: Member) -> str:
    """``interface;penalty;paused;name;state interface;reason;wrap-up``."""
    wrap_up = "" if member.wrap_up is None else str(int(member.wrap_up))
    parts = (
        member.interface, str(member.penalty), str(int(member.is_paused)), member.name,
        member.device, member.pause_reason, wrap_up,
    )  # fmt: skip
    return ";".join(part.translate(_SEPARATORS) for part in parts)


def restored(line: str) -> Member | None:
    """The member of such a line; None where it is none."""
    interface, penalty, paused, name, device, reason, wrap_up = [*line.split(";"), *[""] * 6][:7]
    if not interface:
        return None
    return Member(
        interface,
        name or interface,
        device or interface,
        max(0, leading_int(penalty) or 0),
        wrap_up=float(leading_int(wrap_up) or 0) if wrap_up else None,
        is_dynamic=True,
        is_paused=paused == "1",
        pause_reason=reason,
    )


async def keep_members(astdb: Database, queue: str, members: Iterable[Member]) -> None:
    """Keep the dynamic members of a queue: what they are now, when this begins.

    Raises:
        AstDbError: The disk refuses, or they are too many for one value.
    """
    text = "|".join(map(kept_line, members))
    if text:
        await astdb.put(FAMILY, queue, text)
    else:
        await astdb.delete(FAMILY, queue)


def kept_members(astdb: Database, queue: str) -> list[Member]:
    """Those of before a restart."""
    kept = (astdb.get(FAMILY, queue) or "").split("|")
    return [member for member in map(restored, kept) if member is not None]

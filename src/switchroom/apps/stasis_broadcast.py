"""StasisBroadcast(): offer the call to several programs; the first one that wants it gets it.

Family: Programs and logs
"""

from __future__ import annotations

import asyncio
import re

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.stasis import StasisApplication, StasisApplications, StasisOffers, StasisStay

DEFAULT_TIMEOUT = 500  #: milliseconds
LONGEST_TIMEOUT = 60_000  #: milliseconds
LONGEST_FILTER = 256  #: letters


@application("StasisBroadcast")
async def stasis_broadcast(
    channel: Channel,
    timeout: str = "",  # noqa: ASYNC109  # the dialplan's own argument
    app_filter: str = "",
    args: str = "",
    notify_claimed: str = "",
) -> None:
    """Offer the call to all applications that are connected; the first that claims it steers it.

    They hear of it by CallBroadcast, and claim it with ``POST /ari/events/claim``.

    Args:
        channel: The channel.
        timeout: Milliseconds to wait for a claim (500).
        app_filter: Offer it only to applications with such a name: ``*`` stands for anything;
            several names have ``|`` between them.
        args: Handed to the one that gets it, separated by commas within quotes.
        notify_claimed: ``yes``: the others hear by CallClaimed who got it.

    Variables:
        STASISSTATUS: SUCCESS; TIMEOUT where nobody claimed it in time; FAILED where nobody was
            there.

    Examples:
        StasisBroadcast(2000,ivr-*,"menu,${EXTEN}",yes)
        ExecIf($["${STASISSTATUS}" != "SUCCESS"]?Playback(vm-goodbye))
    """
    milliseconds = leading_int(timeout) if timeout.strip() else DEFAULT_TIMEOUT
    if milliseconds is None or milliseconds <= 0:
        raise DialplanError(f"StasisBroadcast: {timeout!r} is no time in milliseconds")
    offered = _chosen(channel, app_filter.strip())
    winner = None
    if offered:
        seconds = min(milliseconds, LONGEST_TIMEOUT) / 1000
        winner = await _offer(channel, offered, seconds)
    if winner is None:
        channel.set_variable("STASISSTATUS", "TIMEOUT" if offered else "FAILED")
        return
    if notify_claimed.strip().lower() in {"yes", "true", "1"}:
        for other in offered:
            if other is not winner:
                other.claimed(channel, winner.name)
    await StasisStay(channel, winner).run(args.split(",") if args else ())
    channel.set_variable("STASISSTATUS", "SUCCESS")


def _chosen(channel: Channel, names: str) -> list[StasisApplication]:
    """The applications that the call is offered to."""
    if len(names) > LONGEST_FILTER:
        raise DialplanError("StasisBroadcast: the filter is too long")
    active = [a for a in channel.pbx.datastore(StasisApplications).values() if a.is_active]
    if not names:
        return active
    words = (re.escape(word.strip()).replace(r"\*", ".*") for word in names.split("|"))
    pattern = re.compile("|".join(words))
    return [each for each in active if pattern.fullmatch(each.name)]


async def _offer(
    channel: Channel, offered: list[StasisApplication], seconds: float
) -> StasisApplication | None:
    """The one that claims the call in time."""
    offers = channel.pbx.datastore(StasisOffers)
    claim: asyncio.Future[StasisApplication] = asyncio.get_running_loop().create_future()
    offers[channel.unique_id] = (offered, claim)
    try:
        for each in offered:
            each.offered(channel)
        async with asyncio.timeout(seconds):
            return await claim
    except TimeoutError:
        return None
    finally:
        offers.pop(channel.unique_id, None)

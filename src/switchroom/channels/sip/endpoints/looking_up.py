"""What databases say of who sends a request: read before the request is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from switchroom.pbx.look_ups import LookUps
from switchroom.sip.flow import Flow
from switchroom.sip.message import Request

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService


def once_known(
    service: SipService, request: Request | None, flow: Flow, receive: Callable[[], None]
) -> None:
    """Take a request once what has to be read is read; at once where that is nothing.

    Args:
        service: Whose request it is.
        request: The request; None where it is gone.
        flow: Where it came from.
        receive: Takes it.
    """
    look_ups, directory = service.pbx.datastore(LookUps), service.directory
    if not (directory or look_ups) or request is None or request.method == "OPTIONS":
        receive()
        return
    username = service.username_of(request)

    async def look_up() -> None:
        try:
            await look_ups.make()
            if directory is not None:
                await directory.look_up(request, username, flow)
        finally:  # whatever a database does: what is known counts
            receive()
            service.pump()

    service.pbx.spawn(look_up(), name=f"look up {flow.remote[0]}")

"""Telling a party how the transfer goes that it asked for by REFER."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.pbx.transfers.by_program import ProgramTransfers, TransferProgress, TransferWanted
from switchroom.sip.client import OutgoingRequest
from switchroom.sip.message import Response
from switchroom.sip.refer import Refer, notify_headers, status_fragment
from switchroom.sip.session import Session

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver
    from switchroom.pbx.channel import Channel

_STATUSES: Mapping[TransferProgress, int] = MappingProxyType(
    {
        TransferProgress.PROGRESS: 180,
        TransferProgress.ANSWERED: 200,
        TransferProgress.UNAVAILABLE: 503,
        TransferProgress.DECLINED: 603,
    }
)


def tell_progress(session: Session, number: int, status: int, *, now: float) -> None:
    """Send a NOTIFY.

    Args:
        session: In which the REFER came.
        number: Of the REFER.
        status: How it goes.
        now: The loop's time.
    """
    headers = (session.contact, *notify_headers(number, is_over=status >= 200))
    body = status_fragment(status)
    session.request_within("NOTIFY", now=now, headers=headers, body=body, user=_Nobody())


def offer_to_programs(
    driver: SipChannelDriver, session: Session, number: int, refer: Refer, other: Channel | None
) -> None:
    """Let a program carry a transfer out; the party hears from it how that goes."""
    channel = driver.channel

    def report(progress: TransferProgress) -> None:
        if refer.wants_notify and not session.is_ended:
            tell_progress(session, number, _STATUSES[progress], now=driver.now)
            driver.pump()

    channel.datastore(ProgramTransfers).begin(report)
    replaces = refer.replaces
    channel.pbx.events.publish(
        TransferWanted(
            channel=channel.name,
            unique_id=channel.unique_id,
            destination=refer.target.user or str(refer.target),
            call_id=replaces.call_id if replaces is not None else "",
            parameters=(
                (("to-tag", replaces.local_tag), ("from-tag", replaces.remote_tag))
                if replaces is not None
                else ()
            ),
            other=other.name if other is not None else "",
        )
    )


class _Nobody:
    """Whom it does not concern what a NOTIFY got."""

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""

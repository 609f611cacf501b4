"""SendFAX() and ReceiveFAX(): pages as TIFF files, over the telephone.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from switchroom.base.errors import ApplicationFailedError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import Channel
from switchroom.pbx.fax.options import FaxOptions
from switchroom.pbx.fax.transfer import FaxOrder, FaxTransfer


@dataclass(frozen=True, slots=True)
class ReceiveFaxOptions:
    """Option letters of ReceiveFAX."""

    debug: bool = option("d", "Accepted because dialplans have it.")
    allows_audio: bool = option("f", "Go on as audio where the party does not take T.38.")
    forces_audio: bool = option("F", "As audio in any case.")
    tells_status: bool = option("s", "Tell the manager interface how it goes (FAXStatus).")


@dataclass(frozen=True, slots=True)
class SendFaxOptions:
    """Option letters of SendFAX."""

    debug: bool = option("d", "Accepted because dialplans have it.")
    allows_audio: bool = option("f", "Go on as audio where the party does not take T.38.")
    forces_audio: bool = option("F", "As audio in any case.")
    tells_status: bool = option("s", "Tell the manager interface how it goes (FAXStatus).")
    asks: bool = option("z", "Ask the party for T.38; otherwise it is waited for that it asks.")


def _refused(channel: Channel, reason: str) -> ApplicationFailedError:
    """The error, once the variables tell it too."""
    outcome = {"STATUS": "FAILED", "ERROR": "INVALID_ARGUMENTS", "STATUSSTRING": reason}
    for name, value in outcome.items():
        channel.set_variable(f"FAX{name}", value)
    return ApplicationFailedError(reason)


def _path(channel: Channel, application: str, name: str) -> Path:
    name = name.strip()
    try:
        is_name = bool(name) and b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        is_name = False
    if not is_name:
        raise _refused(channel, f"{application}: {name!r} names no file")
    return channel.pbx.directories.astspooldir / "fax" / name


def _order(
    channel: Channel, path: Path, *, sends: bool, options: SendFaxOptions | ReceiveFaxOptions
) -> FaxOrder:
    chosen = channel.datastore(FaxOptions)
    station, header = chosen.station_id, chosen.header
    return FaxOrder(
        path,
        sends,
        variable(channel, "LOCALSTATIONID") if station is None else station,
        variable(channel, "LOCALHEADERINFO") if header is None else header,
        options.tells_status,
        options.forces_audio,
        asks=isinstance(options, ReceiveFaxOptions) or options.asks,
        allows_audio=options.allows_audio,
    )


@application("SendFAX")
async def send_fax(
    channel: Channel, filename: str, options: SendFaxOptions = SendFaxOptions()
) -> None:
    """Send the pages of a TIFF file to the fax machine at the other end (needs libspandsp).

    The call is answered first. What is sent must be a file as fax has them: black and white, 1728
    dots wide; ``tiffg3`` and ``tiffg4`` of Ghostscript make such of a PDF. The dialplan goes on
    when it is over; a file that is not there ends the call.

    Args:
        channel: The channel.
        filename: A relative one is below the spool's folder ``fax``.
        options: Option letters.

    Variables:
        LOCALSTATIONID: Read: the number that the other machine shows, 20 letters.
        LOCALHEADERINFO: Read: stands above each page, 50 letters.
        FAXSTATUS: SUCCESS or FAILED.
        FAXSTATUSSTRING: Why.
        FAXERROR: NO_ERROR, HANGUP, FAX_FAILURE, T38_NEG_ERROR, UNAVAILABLE or
            INVALID_ARGUMENTS.
        FAXMODE: audio or T38.
        FAXPAGES: How many went over.
        FAXBITRATE: Of the pages.
        FAXRESOLUTION: Dots per inch, across and down.
        REMOTESTATIONID: The number that the other machine says it has.

    Examples:
        ; both ends of the call must be ready: originate into this context
        Set(FAXOPT(localstationid)=+49 30 1234)
        SendFAX(/var/spool/fax/offer.tif,f)
        NoOp(${FAXSTATUS}: ${FAXPAGES} pages to ${REMOTESTATIONID})
    """
    path = _path(channel, "SendFAX", filename)
    # Not Path's own: it raises for a name that no file can have.
    if not await asyncio.to_thread(os.path.isfile, path):
        raise _refused(channel, f"SendFAX: there is no {path}")
    await channel.answer()
    await FaxTransfer(channel, _order(channel, path, sends=True, options=options)).run()


@application("ReceiveFAX")
async def receive_fax(
    channel: Channel, filename: str, options: ReceiveFaxOptions = ReceiveFaxOptions()
) -> None:
    """Receive a fax into a TIFF file (needs libspandsp).

    The call is answered first. The dialplan goes on when it is over; when the other machine hangs
    up at once, as most do, it goes on in ``h``.

    Args:
        channel: The channel.
        filename: A relative one is below the spool's folder ``fax``; one that is there is replaced.
        options: Option letters.

    Variables:
        LOCALSTATIONID: Read: the number that the other machine shows, 20 letters.
        FAXSTATUS: SUCCESS or FAILED.
        FAXSTATUSSTRING: Why.
        FAXERROR: NO_ERROR, HANGUP, FAX_FAILURE, T38_NEG_ERROR, UNAVAILABLE or
            INVALID_ARGUMENTS.
        FAXMODE: audio or T38.
        FAXPAGES: How many came.
        FAXBITRATE: Of the pages.
        FAXRESOLUTION: Dots per inch, across and down.
        REMOTESTATIONID: The number that the other machine says it has.

    Examples:
        exten => fax,1,ReceiveFAX(/var/spool/fax/${UNIQUEID}.tif,f)
        exten => h,1,System(mail -A /var/spool/fax/${UNIQUEID}.tif office@example.org </dev/null)
    """
    path = _path(channel, "ReceiveFAX", filename)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(channel, f"ReceiveFAX: {path.parent}: {error.strerror}") from error
    await channel.answer()
    await FaxTransfer(channel, _order(channel, path, sends=False, options=options)).run()

"""Fax."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, HeaderList, Listed, Reply
from switchroom.ami.request import Request
from switchroom.pbx.fax.sessions import FaxSession, FaxSessions


@action("FAXSessions", Privilege.CALL)
def sessions(request: Request) -> Reply:
    """List the faxes that are under way."""
    running = request.pbx.datastore(FaxSessions).running.values()
    items = [
        Listed(
            "FAXSessionsEntry",
            (
                ("Channel", each.channel),
                ("Technology", "Spandsp"),
                ("SessionNumber", str(each.number)),
                ("SessionType", each.kind),
                ("Operation", each.operation),
                ("State", each.state),
                ("Files", str(each.path)),
            ),
        )
        for each in running
    ]
    end = Listed("FAXSessionsComplete", (("Total", str(len(items))),))
    headers = (("EventList", "start"), ("Message", "FAXSessionsEntry event list will follow"))
    return Reply(headers, events=[*items, end])


@action("FAXSession", Privilege.CALL)
def session(request: Request) -> Reply:
    """Tell how a fax goes that is under way."""
    wanted = request.required("SessionNumber", "Invalid session number")
    running = request.pbx.datastore(FaxSessions).running
    found = running.get(int(wanted)) if wanted.isdecimal() else None
    if found is None:
        raise ActionError("Invalid session number")
    headers = (("EventList", "start"), ("Message", "FAXSession event list will follow"))
    end = Listed("FAXSessionComplete", (("EventList", "Complete"), ("ListItems", "1")))
    return Reply(headers, events=[Listed("FAXSession", _details(found)), end])


def _details(found: FaxSession) -> HeaderList:
    headers = [
        ("SessionNumber", str(found.number)),
        ("Operation", found.operation),
        ("State", found.state),
    ]
    if found.terminal is not None:
        counters = found.terminal.counters
        is_sending = found.operation == "send"
        headers += [
            ("ErrorCorrectionMode", "yes" if counters.error_correcting_mode else "no"),
            ("DataRate", str(counters.bit_rate)),
            ("PageNumber", str(counters.pages_sent + counters.pages_received + 1)),
            ("FileName", str(found.path)),
            ("PagesTransmitted", str(counters.pages_sent if is_sending else 0)),
            ("PagesReceived", str(0 if is_sending else counters.pages_received)),
            ("TotalBadLines", str(counters.bad_rows)),
        ]
    return headers


@action("FAXStats", Privilege.REPORTING)
def statistics(request: Request) -> Reply:
    """Tell how many faxes there were."""
    faxes = request.pbx.datastore(FaxSessions)
    figures = (
        ("CurrentSessions", str(len(faxes.running))),
        ("ReservedSessions", "0"),
        ("TransmitAttempts", str(faxes.sent)),
        ("ReceiveAttempts", str(faxes.received)),
        ("CompletedFAXes", str(faxes.completed)),
        ("FailedFAXes", str(faxes.failed)),
    )
    headers = (("EventList", "start"), ("Message", "FAXStats event will follow"))
    return Reply(headers, events=[Listed("FAXStats", figures)])

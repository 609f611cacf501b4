"""Endpoints in maintenance."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.channels.sip.endpoints.maintenance import Maintenance


@action("PJSIPSetMaintenance", Privilege.SYSTEM)
def set_maintenance(request: Request) -> Reply:
    """Let nobody call an endpoint, and it nobody, or let them again; calls that are up go on."""
    name = request.required("Endpoint", "Endpoint parameter missing.")
    state = request.required("State", "State parameter missing.").lower()
    if state not in {"on", "off"}:
        raise ActionError("State must be on or off.")
    if not request.pbx.datastore(Maintenance).set(request.pbx, name, on=state == "on"):
        raise ActionError(f"Unable to retrieve endpoint {name}")
    return done(f"Maintenance of {name} is {state}")


@action("PJSIPShowMaintenance", Privilege.SYSTEM | Privilege.REPORTING)
def show_maintenance(request: Request) -> Reply:
    """List the endpoints in maintenance, or tell whether one is."""
    maintenance, name = request.pbx.datastore(Maintenance), request.get("Endpoint")
    if name and name not in maintenance and name not in maintenance.known():
        raise ActionError(f"Unable to retrieve endpoint {name}")
    events = [
        Listed(
            "PJSIPMaintenanceStatus",
            (("Endpoint", each), ("Status", "enabled" if each in maintenance else "disabled")),
        )
        for each in ([name] if name else maintenance.names())
    ]
    message = "A listing of maintenance follows, presented as PJSIPMaintenanceStatus events"
    return listing(message, "PJSIPMaintenanceStatusComplete", events)

"""``sip.conf`` as programs for chan_sip ask for it; its peers are endpoints like others here."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, HeaderList, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.service import SipService

_READ = Privilege.SYSTEM | Privilege.REPORTING
TECHNOLOGY = "SIP"


def _service(request: Request) -> SipService:
    service = request.context.sip.service
    if service is None:
        raise ActionError("SIP is not up")
    return service


def _peers(request: Request) -> list[Endpoint]:
    endpoints = _service(request).settings.endpoints
    return [each for _, each in sorted(endpoints.items()) if each.technology == TECHNOLOGY]


def _peer(request: Request) -> Endpoint:
    name = request.required("Peer", "Peer: <name> missing.")
    for each in _peers(request):
        if each.name == name:
            return each
    raise ActionError(f"Peer {name} not found.")


def _standing(request: Request, peer: Endpoint) -> tuple[str, str, str]:
    """Address, port and status of a peer."""
    service = _service(request)
    for name in peer.aors:
        aor = service.settings.aors.get(name)
        for contact in reversed(service.location.contacts(aor) if aor is not None else ()):
            _, host, port = contact.source or ("", "-none-", 0)
            if contact.reachable is None:
                return host, str(port), "Unmonitored"
            if not contact.reachable:
                return host, str(port), "UNREACHABLE"
            return host, str(port), f"OK ({round((contact.round_trip or 0) * 1000)} ms)"
    return "-none-", "0", "UNKNOWN" if peer.aors else "Unmonitored"


@action("SIPpeers", _READ)
def sip_peers(request: Request) -> Reply:
    """List the peers of sip.conf."""
    events = []
    for peer in _peers(request):
        host, port, status = _standing(request, peer)
        events.append(
            Listed(
                "PeerEntry",
                (
                    ("Channeltype", TECHNOLOGY),
                    ("ObjectName", peer.name),
                    ("ChanObjectType", "peer"),
                    ("IPaddress", host),
                    ("IPport", port),
                    ("Dynamic", "yes"),
                    ("VideoSupport", "no"),
                    ("TextSupport", "no"),
                    ("ACL", "no"),
                    ("Status", status),
                    ("RealtimeDevice", "no"),
                ),
            )
        )
    return listing("Peer status list will follow", "PeerlistComplete", events)


def _details(request: Request, peer: Endpoint) -> HeaderList:
    host, port, status = _standing(request, peer)
    return [
        ("Channeltype", TECHNOLOGY),
        ("ObjectName", peer.name),
        ("ChanObjectType", "peer"),
        ("SecretExist", "Y"),
        ("Context", peer.context),
        ("Language", peer.language),
        ("Accountcode", peer.account_code),
        ("Callerid", peer.caller.all),
        ("Address-IP", host),
        ("Address-Port", port),
        ("Status", status),
    ]


@action("SIPshowpeer", _READ)
def sip_show_peer(request: Request) -> Reply:
    """Show a peer of sip.conf."""
    return done("", *_details(request, _peer(request)))


@action("SIPpeerstatus", Privilege.SYSTEM)
def sip_peer_status(request: Request) -> Reply:
    """Tell how one peer, or all, can be reached."""
    chosen = [_peer(request)] if request.get("Peer") else _peers(request)
    events = [
        Listed(
            "PeerStatus",
            (
                ("Privilege", "System"),
                ("ChannelType", TECHNOLOGY),
                ("Peer", f"{TECHNOLOGY}/{peer.name}"),
                ("PeerStatus", _standing(request, peer)[2]),
            ),
        )
        for peer in chosen
    ]
    return listing("Peer status will follow", "SIPpeerstatusComplete", events)


@action("SIPqualifypeer", _READ)
def sip_qualify_peer(request: Request) -> Reply:
    """Ask a peer whether it is there."""
    service = _service(request)
    for name in _peer(request).aors:
        aor = service.settings.aors.get(name)
        if aor is not None:
            service.qualifier.ask(aor)
    return done("SIP peer found - will qualify")


@action("SIPshowregistry", _READ)
def sip_show_registry(request: Request) -> Reply:
    """List where we are registered ourselves."""
    events = [
        Listed(
            "RegistryEntry",
            (
                ("Host", each.server_uri),
                ("Username", each.auth),
                ("State", each.status),
                ("Refresh", str(max(0, int(each.expires_in or 0)))),
            ),
        )
        for each in request.context.sip.facts.registrations()
    ]
    return listing("Registrations will follow", "RegistrationsComplete", events)

"""SIPPEER: what is known of a peer, for dialplans that are older than PJSIP.

Family: SIP
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.channels.sip.endpoints.endpoint import Aor, Endpoint
from switchroom.channels.sip.registrations.location import Contact
from switchroom.channels.sip.technology import SipTechnology
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.states.device_state import channels_of
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.uri import SipUri, parse_uri

_NOWHERE = SipUri("sip", "", "")


class _Peer:
    """An endpoint with its newest contact."""

    def __init__(
        self, channel: Channel, endpoint: Endpoint, aor: Aor | None, contact: Contact | None
    ) -> None:
        self.channel = channel
        self.endpoint = endpoint
        self.aor = aor
        self.contact = contact

    @property
    def uri(self) -> SipUri:
        try:
            return parse_uri(self.contact.uri) if self.contact is not None else _NOWHERE
        except RemoteSipError:
            return _NOWHERE

    @property
    def status(self) -> str:
        if self.contact is None:
            return "UNKNOWN"
        if self.contact.reachable is None:
            return "Unmonitored"
        if not self.contact.reachable or self.contact.round_trip is None:
            return "UNREACHABLE"
        return f"OK ({round(self.contact.round_trip * 1000)} ms)"

    @property
    def address(self) -> tuple[str, int]:
        source = self.contact.source if self.contact is not None else None
        if source is not None:
            return source[1], source[2]
        return self.uri.host.strip("[]"), self.uri.port or (5060 if self.uri.host else 0)

    @property
    def calls(self) -> int:
        return len(
            channels_of(self.channel.pbx, f"{self.endpoint.technology}/{self.endpoint.name}")
        )


_ITEMS: Mapping[str, Callable[[_Peer], str]] = MappingProxyType(
    {
        "ip": lambda peer: peer.address[0],
        "port": lambda peer: str(peer.address[1]),
        "context": lambda peer: peer.endpoint.context,
        "dynamic": lambda peer: "no" if peer.aor is not None and peer.aor.contacts else "yes",
        "callerid_name": lambda peer: peer.endpoint.caller.name,
        "callerid_num": lambda peer: peer.endpoint.caller.number,
        "codecs": lambda peer: f"({'|'.join(peer.endpoint.codecs)})",
        "status": lambda peer: peer.status,
        "curcalls": lambda peer: str(peer.calls),
        "language": lambda peer: peer.endpoint.language,
        "accountcode": lambda peer: peer.endpoint.account_code,
        "useragent": lambda peer: peer.contact.user_agent if peer.contact is not None else "",
        "mailbox": lambda peer: "",
        "limit": lambda peer: "0",
        "busylevel": lambda peer: "0",
        "maxforwards": lambda peer: "70",
    }
)


@function("SIPPEER")
def sip_peer(channel: Channel, peername: str, item: str = "ip") -> str:
    """What is known of a peer.

    Items: ``ip``, ``port``, ``context``, ``dynamic``, ``callerid_name``, ``callerid_num``,
    ``codecs``, ``codec[x]``, ``status``, ``curcalls``, ``language``, ``accountcode``,
    ``useragent``, ``chanvar[name]``, ``mailbox``, ``limit``, ``busylevel``, ``maxforwards``.

    Args:
        channel: The channel.
        peername: The peer or endpoint.
        item: What is asked.

    Examples:
        NoOp(${SIPPEER(alice,ip)})
        NoOp(${SIPPEER(alice,status)})
    """
    technology = channel.pbx.technologies.get("SIP")
    if not isinstance(technology, SipTechnology):
        raise DialplanError("SIPPEER: there is no SIP here")
    service = technology.service
    endpoint = service.settings.endpoints.get(peername.strip())
    if endpoint is None:
        raise DialplanError(f"SIPPEER: there is no peer {peername!r}")
    aors = [service.settings.aors[name] for name in endpoint.aors if name in service.settings.aors]
    contacts = [contact for aor in aors for contact in service.location.contacts(aor)]
    peer = _Peer(channel, endpoint, aors[0] if aors else None, contacts[-1] if contacts else None)
    name, bracket, index = item.strip().rstrip("]").partition("[")
    if bracket:
        return _indexed(endpoint, name.lower(), index)
    read = _ITEMS.get(name.lower())
    if read is None:
        raise DialplanError(f"SIPPEER: there is no item {item!r}")
    return read(peer)


def _indexed(endpoint: Endpoint, name: str, index: str) -> str:
    if name == "chanvar":
        return dict(endpoint.variables).get(index, "")
    if name == "codec" and index.isascii() and index.isdigit():
        return endpoint.codecs[int(index)] if int(index) < len(endpoint.codecs) else ""
    raise DialplanError(f"SIPPEER: there is no item {name}[{index}]")

"""PJSIPNotify: a NOTIFY that nobody subscribed to: phones reboot, or fetch their configuration."""

from __future__ import annotations

from switchroom.ami.actions.originate import variables_of
from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.base.errors import ConfigError
from switchroom.channels.sip.service import SipService
from switchroom.config.reader import read_config
from switchroom.sip.client import NewRequest
from switchroom.sip.headers.name_addr import NameAddr

_OPTIONS_FILE = "pjsip_notify.conf"
#: Headers that belong to the message itself.
_OWN = frozenset({"call-id", "contact", "cseq", "from", "max-forwards", "to", "via"})


@action("PJSIPNotify", Privilege.SYSTEM)
async def pjsip_notify(request: Request) -> Reply:
    """Send a NOTIFY to the contacts of an endpoint, or to a URI."""
    service = request.context.sip.service
    if service is None:
        raise ActionError("SIP is not up")
    headers, body = _content(request)
    if uri := request.get("URI"):
        await _send(service, uri, headers, body)
        return done("NOTIFY sent")
    name = request.required("Endpoint", "PJSIPNotify requires an Endpoint, a URI or a channel")
    await _send_to_endpoint(service, name, headers, body)
    return done("NOTIFY sent")


@action("SIPnotify", Privilege.SYSTEM)
async def sip_notify(request: Request) -> Reply:
    """Send a NOTIFY to a peer of sip.conf."""
    name = request.required("Channel", "SIPNotify requires a channel name")
    service = request.context.sip.service
    if service is None:
        raise ActionError("SIP is not up")
    headers, body = _content(request)
    await _send_to_endpoint(service, name.removeprefix("SIP/"), headers, body)
    return done("Notify Sent")


async def _send_to_endpoint(
    service: SipService, name: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    endpoint = service.settings.endpoints.get(name)
    if endpoint is None:
        raise ActionError("Unable to retrieve endpoint")
    aors = [service.settings.aors[each] for each in endpoint.aors if each in service.settings.aors]
    contacts = [each for aor in aors for each in service.location.contacts(aor)]
    if not contacts:
        raise ActionError(f"{name} has no contact")
    for contact in contacts:
        await _send(service, contact.uri, headers, body)


def _content(request: Request) -> tuple[list[tuple[str, str]], bytes]:
    """Headers and body, from ``Variable`` or from a section of pjsip_notify.conf."""
    pairs = [pair for header in request.action.all("Variable") for pair in variables_of([header])]
    if option := request.get("Option"):
        path = request.context.asterisk.directories.astetcdir / _OPTIONS_FILE
        try:
            section = read_config(path).section(option) if path.exists() else None
        except ConfigError as error:
            raise ActionError(error.render()) from error
        if section is None:
            raise ActionError(f"There is no [{option}] in {_OPTIONS_FILE}")
        pairs += [(each.name, each.value) for each in section.entries]
    if not pairs:
        raise ActionError("PJSIPNotify requires at least one Variable, or an Option")
    headers: list[tuple[str, str]] = []
    body: list[str] = []
    for name, value in pairs:
        if any(letter in name + value for letter in "\r\n"):
            raise ActionError("A header has one line")
        if name.lower() == "content":
            body.append(value)
        elif name.lower() not in {*_OWN, "content-length"}:
            headers.append((name, value))
    return headers, "\r\n".join(body).encode("utf-8", "surrogateescape")


async def _send(service: SipService, uri: str, headers: list[tuple[str, str]], body: bytes) -> None:
    flows = await service.flows_to(uri)
    if not flows:
        raise ActionError(f"There is no way to {uri}")
    host = flows[0].local[0]
    sender = NameAddr(f"sip:{host if ':' not in host else f'[{host}]'}")
    what = NewRequest(
        "NOTIFY", uri, sender,
        headers=(*headers, ("Subscription-State", "terminated"), service.stack.contact(flows[0])),
        body=body,
    )  # fmt: skip
    service.stack.request(what, flows[0], now=service.now)
    service.pump()

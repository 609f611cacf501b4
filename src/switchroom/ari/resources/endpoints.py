"""Endpoints: the parties that are configured, and messages to them."""

from __future__ import annotations

from typing import Annotated

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.endpoints import Endpoint
from switchroom.ari.registry import BodyVariables, Wire, operation
from switchroom.ari.variables import texts
from switchroom.pbx.text_message import MAX_BODY, MessageSenders, TextMessage
from switchroom.pbx.transfers.referring import Referral, Referrers

ERRORS = (400, 404)


@operation("GET", "/endpoints", "list")
def list_endpoints(ari: Request) -> list[Endpoint]:
    """List all endpoints.

    Args:
        ari: The request.
    """
    return ari.view.endpoints()


@operation("GET", "/endpoints/{tech}", "listByTech", errors=(404,))
def list_by_technology(ari: Request, tech: str) -> list[Endpoint]:
    """List the endpoints of one technology.

    Args:
        ari: The request.
        tech: ``PJSIP``.
    """
    if tech.upper() not in ari.pbx.technologies:
        raise AriError(404, "Technology not found")
    return [
        ari.view.endpoint(technology, resource)
        for technology, resource in ari.view.configured()
        if technology.lower() == tech.lower()
    ]


def _configured(ari: Request, tech: str, resource: str) -> tuple[str, str]:
    for known in ari.view.configured():
        if (known[0].lower(), known[1]) == (tech.lower(), resource):
            return known
    raise AriError(404, "Endpoint not found")


@operation("GET", "/endpoints/{tech}/{resource}", "get", errors=ERRORS)
def get(ari: Request, tech: str, resource: str) -> Endpoint:
    """Tell about one endpoint.

    Args:
        ari: The request.
        tech: ``PJSIP``.
        resource: Its name.
    """
    return ari.view.endpoint(*_configured(ari, tech, resource))


@operation("PUT", "/endpoints/sendMessage", "sendMessage", errors=ERRORS)
async def send_message(
    ari: Request, to: str, from_: str, body: str = "", variables: BodyVariables = None
) -> None:
    """Send a text message.

    Args:
        ari: The request.
        to: Whom: ``pjsip:alice``, ``pjsip:sip:bob@example.com``.
        from_: Who sends it.
        body: The text.
        variables: Headers of it.
    """
    technology = to.partition(":")[0].lower()
    send = ari.pbx.datastore(MessageSenders).get(technology)
    if send is None or ":" not in to:
        raise AriError(400, "Invalid destination: there is no such technology")
    if len(body.encode()) > MAX_BODY:
        raise AriError(400, "The text is too long")
    headers = texts(variables)
    message = TextMessage(to=to, from_=from_, body=body, data=headers, outbound=set(headers))
    if not await send(to, message):
        raise AriError(404, "Destination not found")


@operation(
    "PUT", "/endpoints/{tech}/{resource}/sendMessage", "sendMessageToEndpoint", errors=ERRORS
)
async def send_message_to_endpoint(  # the operation's own parameters
    ari: Request,
    tech: str,
    resource: str,
    from_: str,
    body: str = "",
    variables: BodyVariables = None,
) -> None:
    """Send a text message to an endpoint.

    Args:
        ari: The request.
        tech: ``PJSIP``.
        resource: Its name.
        from_: Who sends it.
        body: The text.
        variables: Headers of it.
    """
    technology, name = _configured(ari, tech, resource)
    await send_message(ari, f"{technology.lower()}:{name}", from_, body, variables)


@operation("POST", "/endpoints/refer", "refer", errors=ERRORS)
async def refer(  # the operation's own parameters
    ari: Request,
    to: str,
    from_: str,
    refer_to: Annotated[str, Wire("refer_to")],
    to_self: Annotated[bool, Wire("to_self")] = False,  # noqa: FBT002  # on the wire
    variables: BodyVariables = None,
) -> None:
    """Ask somebody to call somebody else.

    Args:
        ari: The request.
        to: Whom to ask: ``pjsip:alice``.
        from_: Who asks.
        refer_to: Whom to call.
        to_self: Whom to call is at this node.
        variables: Headers of it.
    """
    send = ari.pbx.datastore(Referrers).get(to.partition(":")[0].lower())
    if send is None or ":" not in to:
        raise AriError(400, "Invalid destination: there is no such technology")
    referral = Referral(to, from_, refer_to, to_self=to_self, headers=texts(variables))
    if not await send(referral):
        raise AriError(404, "Destination not found")


@operation("POST", "/endpoints/{tech}/{resource}/refer", "referToEndpoint", errors=ERRORS)
async def refer_to_endpoint(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    tech: str,
    resource: str,
    from_: str,
    refer_to: Annotated[str, Wire("refer_to")],
    to_self: Annotated[bool, Wire("to_self")] = False,  # noqa: FBT002  # on the wire
    variables: BodyVariables = None,
) -> None:
    """Ask an endpoint to call somebody.

    Args:
        ari: The request.
        tech: ``PJSIP``.
        resource: Its name.
        from_: Who asks.
        refer_to: Whom to call.
        to_self: Whom to call is at this node.
        variables: Headers of it.
    """
    technology, name = _configured(ari, tech, resource)
    where = f"{technology.lower()}:{name}"
    await refer(ari, where, from_, refer_to, to_self, variables)

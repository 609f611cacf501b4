"""``pjsip show subscriptions``: which phones watch what; and asking them whether they are there."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.channels.sip.presence.subscriptions import Standing
from switchroom.channels.sip.service import SipService
from switchroom.channels.sip.technology import SipTechnology
from switchroom.cli.commands.pjsip import like_pattern
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command

_WAYS = ("inbound", "outbound")
_RULE = "=" * 90


def _service(context: CliContext) -> SipService | None:
    technology = context.pbx.technologies.get("PJSIP")
    return technology.service if isinstance(technology, SipTechnology) else None


def _inbound(context: CliContext) -> list[Standing]:
    service = _service(context)
    standing = list(service.subscriptions) if service is not None else []
    return sorted(standing, key=lambda each: (each.endpoint.name, each.package.name, each.name))


def _ways(_: CliContext, arguments: Arguments) -> Iterable[str]:
    match len(arguments):
        case 0:
            return _WAYS
        case 1:
            return ("like",)
        case _:
            return ()


@command(
    "pjsip show subscriptions",
    "pjsip show subscriptions {inbound|outbound} [like <pattern>]",
    complete=_ways,
)
def show_subscriptions(context: CliContext, arguments: Arguments) -> str:
    """List which endpoints watch what here, and for how long; this node itself watches nothing."""
    if not arguments or arguments[0].lower() not in _WAYS:
        raise UsageError
    pattern = like_pattern(arguments[1:])
    found = _inbound(context) if arguments[0].lower() == "inbound" else []
    service = _service(context)
    now = service.now if service is not None else 0.0
    lines = [_line(each, now) for each in found if pattern.search(_searched(each))]
    title = f"{'Endpoint':<20} {'Event':<16} {'Resource':<24} {'Expiry':>6}  Subscriber"
    return f"{title}\n{_RULE}\n{''.join(lines)}\n{len(lines)} active subscriptions\n"


@command(
    "pjsip list subscriptions",
    "pjsip list subscriptions {inbound|outbound} [like <pattern>]",
    complete=_ways,
)
def list_subscriptions(context: CliContext, arguments: Arguments) -> str:
    """List which endpoints watch what here, as ``pjsip show subscriptions`` does."""
    return show_subscriptions(context, arguments)


@command(
    "pjsip show subscription",
    "pjsip show subscription {inbound|outbound} <call-id>",
    complete=_ways,
)
def show_subscription(context: CliContext, arguments: Arguments) -> str:
    """Show one subscription."""
    if len(arguments) != 2 or arguments[0].lower() not in _WAYS:
        raise UsageError
    found = _inbound(context) if arguments[0].lower() == "inbound" else []
    chosen = next((each for each in found if each.core.dialog.call_id == arguments[1]), None)
    service = _service(context)
    if chosen is None or service is None:
        return f"There is no subscription {arguments[1]}\n"
    core = chosen.core
    left = max(0, round(core.expires_at - service.now))
    return (
        f"Call-ID:    {core.dialog.call_id}\nEndpoint:   {chosen.endpoint.name}\n"
        f"Resource:   {chosen.context}/{chosen.name}\nEvent:      {core.event}\n"
        f"Expiry:     {left}\nSubscriber: {core.dialog.remote_target}\n"
    )


def _line(standing: Standing, now: float) -> str:
    left = max(0, round(standing.core.expires_at - now))
    place = f"{standing.context}/{standing.name}" if standing.context else standing.name
    event = standing.package.name
    return (
        f"{standing.endpoint.name:<20.20} {event:<16.16} {place:<24.24} {left:>6}  "
        f"{standing.core.dialog.remote_target}\n"
    )


def _searched(standing: Standing) -> str:
    return f"{standing.endpoint.name} {standing.package.name} {standing.name}"


def _endpoints(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [each.name for each in context.sip.endpoints()]


@command("pjsip qualify", "pjsip qualify <endpoint>", complete=_endpoints)
def qualify(context: CliContext, arguments: Arguments) -> str:
    """Ask the contacts of an endpoint by OPTIONS whether they are there, now."""
    if len(arguments) != 1:
        raise UsageError
    service = _service(context)
    endpoint = service.settings.endpoints.get(arguments[0]) if service is not None else None
    if service is None or endpoint is None:
        return f"Unable to retrieve endpoint {arguments[0]}\n"
    for name in endpoint.aors:
        if name in service.settings.aors:
            service.qualifier.ask(service.settings.aors[name])
    return f"Sending qualify to endpoint {endpoint.name}\n"

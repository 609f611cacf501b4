"""``pjsip list …``: the objects of the SIP side, a line each, and single ones besides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from switchroom.cli import pjsip_layout as layout
from switchroom.cli.commands.pjsip import like_pattern, like_word
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.cli.version import version_text


def _list(
    arguments: Arguments,
    objects: Sequence[Any],
    header: str,
    lines: Callable[[Any], str],
    name: Callable[[Any], str] = lambda each: each.name,
) -> str:
    pattern = like_pattern(arguments)
    chosen = [layout.brief(lines(each)) for each in objects if pattern.search(name(each))]
    return layout.listing(layout.brief_header(header), chosen)


@command("pjsip list endpoints", "pjsip list endpoints [ like <pattern> ]", complete=like_word)
def list_endpoints(context: CliContext, arguments: Arguments) -> str:
    """List the endpoints, a line each."""
    endpoints = context.sip.endpoints()
    return _list(arguments, endpoints, layout.endpoint_header(), layout.endpoint_lines)


@command("pjsip list aors", "pjsip list aors [ like <pattern> ]", complete=like_word)
def list_aors(context: CliContext, arguments: Arguments) -> str:
    """List the addresses of record, a line each."""
    return _list(arguments, context.sip.aors(), layout.aor_header(), layout.aor_lines)


@command("pjsip list auths", "pjsip list auths [ like <pattern> ]", complete=like_word)
def list_auths(context: CliContext, arguments: Arguments) -> str:
    """List the user names, a line each."""
    return _list(arguments, context.sip.auths(), layout.auth_header(), layout.auth_lines)


@command("pjsip list contacts", "pjsip list contacts [ like <pattern> ]", complete=like_word)
def list_contacts(context: CliContext, arguments: Arguments) -> str:
    """List where the addresses of record are registered, a line each."""
    contacts = [contact for aor in context.sip.aors() for contact in aor.contacts]
    return _list(
        arguments, contacts, layout.contact_header(), layout.contact_lines,
        lambda each: f"{each.aor}/{each.uri}",
    )  # fmt: skip


@command("pjsip list transports", "pjsip list transports [ like <pattern> ]", complete=like_word)
def list_transports(context: CliContext, arguments: Arguments) -> str:
    """List the addresses that are listened on, a line each."""
    transports = context.sip.transports()
    return _list(arguments, transports, layout.transport_header(), layout.transport_lines)


@command("pjsip list identifies", "pjsip list identifies [ like <pattern> ]", complete=like_word)
def list_identifies(context: CliContext, arguments: Arguments) -> str:
    """List what stands for which endpoint, a line each."""
    identifies = context.sip.identifies()
    return _list(arguments, identifies, layout.identify_header(), layout.identify_lines)


@command(
    "pjsip list registrations", "pjsip list registrations [ like <pattern> ]", complete=like_word
)
def list_registrations(context: CliContext, arguments: Arguments) -> str:
    """List where this node is registered itself, a line each."""
    registrations = context.sip.registrations()
    return _list(arguments, registrations, layout.registration_header(), layout.registration_lines)


@command("pjsip list channels", "pjsip list channels [ like <pattern> ]", complete=like_word)
def list_channels(context: CliContext, arguments: Arguments) -> str:
    """List the channels of all endpoints, a line each."""
    channels = [channel for each in context.sip.endpoints() for channel in each.channels]
    return _list(arguments, channels, layout.channel_header(), layout.channel_lines)


@command("pjsip show identify", "pjsip show identify <id>")
def show_identify(context: CliContext, arguments: Arguments) -> str:
    """Show what stands for an endpoint."""
    found = _one(arguments, context.sip.identifies())
    if found is None:
        return f"Unable to find object {arguments[0]}.\n\n"
    return f"{layout.identify_header()}{layout.identify_lines(found)}\n"


@command("pjsip show channel", "pjsip show channel <name>")
def show_channel(context: CliContext, arguments: Arguments) -> str:
    """Show one channel of an endpoint."""
    channels = [channel for each in context.sip.endpoints() for channel in each.channels]
    found = _one(arguments, channels)
    if found is None:
        return f"Unable to find object {arguments[0]}.\n\n"
    return f"{layout.channel_header()}{layout.channel_lines(found)}\n"


@command("pjsip show contact", "pjsip show contact <aor>/<uri>")
def show_contact(context: CliContext, arguments: Arguments) -> str:
    """Show one contact of an address of record."""
    contacts = [contact for aor in context.sip.aors() for contact in aor.contacts]
    if len(arguments) != 1:
        raise UsageError
    found = next((each for each in contacts if f"{each.aor}/{each.uri}" == arguments[0]), None)
    if found is None:
        return f"Unable to find object {arguments[0]}.\n\n"
    return f"{layout.contact_header()}{layout.contact_lines(found)}\n"


@command("pjsip show version", "pjsip show version")
def show_version(context: CliContext, arguments: Arguments) -> str:
    """Show which SIP stack this is."""
    if arguments:
        raise UsageError
    return f"The SIP stack is our own: {version_text()}\n"


def _one(arguments: Arguments, objects: Sequence[Any]) -> Any:
    if len(arguments) != 1:
        raise UsageError
    return next((each for each in objects if each.name == arguments[0]), None)

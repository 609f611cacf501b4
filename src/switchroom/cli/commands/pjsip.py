"""``pjsip show …``: the SIP side as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from switchroom.cli import pjsip_layout as layout
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.cli.views import Parameters, SipView

MAX_PATTERN = 200  #: letters of a ``like`` pattern


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class _Detailed(_Named, Protocol):
    @property
    def parameters(self) -> Parameters: ...


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of object: where it comes from and how it looks."""

    all: Callable[[SipView], Sequence[Any]]
    header: Callable[[], str]
    lines: Callable[[Any], str]


_ENDPOINTS = _Kind(
    lambda sip: sip.endpoints(),
    layout.endpoint_header,
    lambda each: layout.endpoint_lines(each) + "\n",
)
_AORS = _Kind(lambda sip: sip.aors(), layout.aor_header, lambda each: layout.aor_lines(each) + "\n")
_AUTHS = _Kind(lambda sip: sip.auths(), layout.auth_header, layout.auth_lines)
_TRANSPORTS = _Kind(lambda sip: sip.transports(), layout.transport_header, layout.transport_lines)
_IDENTIFIES = _Kind(
    lambda sip: sip.identifies(),
    layout.identify_header,
    lambda each: layout.identify_lines(each) + "\n",
)
_CHANNELS = _Kind(
    lambda sip: [channel for each in sip.endpoints() for channel in each.channels],
    layout.channel_header,
    lambda each: layout.channel_lines(each) + "\n",
)


def like_pattern(arguments: Arguments) -> re.Pattern[str]:
    """The pattern behind ``like``; everything without one."""
    match list(arguments):
        case []:
            return re.compile("")
        case [word, pattern] if word.lower() == "like" and len(pattern) <= MAX_PATTERN:
            try:
                return re.compile(pattern)
            except re.error as error:
                raise UsageError from error
        case _:
            raise UsageError


def _list(context: CliContext, arguments: Arguments, kind: _Kind) -> str:
    pattern = like_pattern(arguments)
    chosen = [each for each in kind.all(context.sip) if pattern.search(each.name)]
    return layout.listing(kind.header(), [kind.lines(each) for each in chosen])


def _show(context: CliContext, arguments: Arguments, kind: _Kind) -> str:
    """One object and its parameters."""
    if len(arguments) != 1:
        raise UsageError
    objects: Sequence[_Detailed] = kind.all(context.sip)
    found = next((each for each in objects if each.name == arguments[0]), None)
    if found is None:
        return f"Unable to find object {arguments[0]}.\n\n"
    table = layout.parameter_table(found.parameters)
    return f"{kind.header()}{kind.lines(found)}\n{table}\n"


def _names(kind: _Kind) -> Callable[[CliContext, Arguments], Iterable[str]]:
    def complete(context: CliContext, arguments: Arguments) -> Iterable[str]:
        objects: Sequence[_Named] = () if arguments else kind.all(context.sip)
        return [each.name for each in objects]

    return complete


def like_word(_: CliContext, arguments: Arguments) -> Iterable[str]:
    """What may follow a list."""
    return () if arguments else ("like",)


@command("pjsip show endpoints", "pjsip show endpoints [ like <pattern> ]", complete=like_word)
def show_endpoints(context: CliContext, arguments: Arguments) -> str:
    """List the endpoints, with what belongs to each of them.

    With a pattern (a regular expression) only those whose name it is found in.
    """
    return _list(context, arguments, _ENDPOINTS)


@command("pjsip show endpoint", "pjsip show endpoint <id>", complete=_names(_ENDPOINTS))
def show_endpoint(context: CliContext, arguments: Arguments) -> str:
    """Show one endpoint and all of its parameters."""
    return _show(context, arguments, _ENDPOINTS)


@command("pjsip show aors", "pjsip show aors [ like <pattern> ]", complete=like_word)
def show_aors(context: CliContext, arguments: Arguments) -> str:
    """List the addresses of record with their contacts."""
    return _list(context, arguments, _AORS)


@command("pjsip show aor", "pjsip show aor <id>", complete=_names(_AORS))
def show_aor(context: CliContext, arguments: Arguments) -> str:
    """Show one address of record and all of its parameters."""
    return _show(context, arguments, _AORS)


@command("pjsip show auths", "pjsip show auths [ like <pattern> ]", complete=like_word)
def show_auths(context: CliContext, arguments: Arguments) -> str:
    """List the user names; secrets are never shown."""
    return _list(context, arguments, _AUTHS)


@command("pjsip show auth", "pjsip show auth <id>", complete=_names(_AUTHS))
def show_auth(context: CliContext, arguments: Arguments) -> str:
    """Show one user name and its parameters, but no secret."""
    return _show(context, arguments, _AUTHS)


@command("pjsip show contacts", "pjsip show contacts [ like <pattern> ]", complete=like_word)
def show_contacts(context: CliContext, arguments: Arguments) -> str:
    """List where the addresses of record are registered now."""
    pattern = like_pattern(arguments)
    contacts = [contact for aor in context.sip.aors() for contact in aor.contacts]
    lines = [
        layout.contact_lines(each) for each in contacts if pattern.search(f"{each.aor}/{each.uri}")
    ]
    return layout.listing(layout.contact_header(), lines)


@command("pjsip show transports", "pjsip show transports [ like <pattern> ]", complete=like_word)
def show_transports(context: CliContext, arguments: Arguments) -> str:
    """List the addresses that are listened on."""
    return _list(context, arguments, _TRANSPORTS)


@command("pjsip show transport", "pjsip show transport <id>", complete=_names(_TRANSPORTS))
def show_transport(context: CliContext, arguments: Arguments) -> str:
    """Show one transport and its parameters."""
    return _show(context, arguments, _TRANSPORTS)


@command("pjsip show identifies", "pjsip show identifies [ like <pattern> ]", complete=like_word)
def show_identifies(context: CliContext, arguments: Arguments) -> str:
    """List which addresses stand for which endpoint."""
    return _list(context, arguments, _IDENTIFIES)


@command("pjsip show channels", "pjsip show channels [ like <pattern> ]", complete=like_word)
def show_channels(context: CliContext, arguments: Arguments) -> str:
    """List the channels of all endpoints."""
    return _list(context, arguments, _CHANNELS)


@command("pjsip reload")
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read the SIP configuration anew; where it is wrong, the one that was there stays."""
    if arguments:
        raise UsageError
    await context.node.reload("pjsip")
    return ""

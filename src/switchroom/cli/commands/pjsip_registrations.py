"""``pjsip show registrations`` and their like: where this node is registered itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from switchroom.cli import pjsip_layout as layout
from switchroom.cli.commands.pjsip import like_pattern, like_word
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command

ALL = "*all"


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [each.name for each in context.sip.registrations()]


def _names_or_all(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [*_names(context, arguments), ALL]


@command(
    "pjsip show registrations", "pjsip show registrations [ like <pattern> ]", complete=like_word
)
def show_registrations(context: CliContext, arguments: Arguments) -> str:
    """List where this node is registered itself, and how that stands."""
    pattern = like_pattern(arguments)
    chosen = [each for each in context.sip.registrations() if pattern.search(each.name)]
    return layout.listing(
        layout.registration_header(), [layout.registration_lines(each) for each in chosen]
    )


@command("pjsip show registration", "pjsip show registration <id>", complete=_names)
def show_registration(context: CliContext, arguments: Arguments) -> str:
    """Show one registration of ours and all of its parameters."""
    if len(arguments) != 1:
        raise UsageError
    named = [each for each in context.sip.registrations() if each.name == arguments[0]]
    if not named:
        return f"Unable to find object {arguments[0]}.\n\n"
    table = layout.parameter_table(named[0].parameters)
    return f"{layout.registration_header()}{layout.registration_lines(named[0])}\n{table}\n"


@command("pjsip send register", "pjsip send register <registration> | *all", complete=_names_or_all)
def send_register(context: CliContext, arguments: Arguments) -> str:
    """Register anew, one registration of ours or all of them."""
    return _each(context, arguments, context.sip.register, "Re-register")


@command(
    "pjsip send unregister", "pjsip send unregister <registration> | *all", complete=_names_or_all
)
def send_unregister(context: CliContext, arguments: Arguments) -> str:
    """Take back one registration of ours, or all of them, until they are made anew."""
    return _each(context, arguments, context.sip.unregister, "Unregister")


def _each(context: CliContext, arguments: Arguments, do: Callable[[str], bool], what: str) -> str:
    if len(arguments) != 1:
        raise UsageError
    name = arguments[0]
    names = _names(context, ()) if name == ALL else (name,)
    for each in list(names):
        if not do(each):
            return f"Unable to retrieve registration {each}\n"
    return f"{what} of {'all registrations' if name == ALL else name} started\n"

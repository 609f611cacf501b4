"""``core show application(s)`` and ``core show function(s)``."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.dialplan.documentation import Argument, Documentation, Entries, plain
from switchroom.dialplan.modules import names_unloaded

_INDENT = " " * 4


def _explained(kind: str, thing: Documentation) -> str:
    return f"\n  -= Info about {kind} '{thing.name}' =- \n\n" + "".join(
        f"[{title}]\n{text}\n\n"
        for title, text in (
            ("Synopsis", plain(thing.summary)),
            ("Description", plain(thing.description)),
            ("Syntax", thing.syntax),
            ("Arguments", "\n\n".join(map(_argument, thing.arguments))),
            ("Variables", _entries(thing.variables)),
            ("Examples", textwrap.indent(thing.examples, _INDENT)),
        )
        if text
    )


def _argument(argument: Argument) -> str:
    lines = [argument.name, f"{_INDENT}{plain(argument.meaning)}"]
    if argument.options:
        lines.append(textwrap.indent(_entries(argument.options), _INDENT))
    return "\n".join(lines)


def _entries(entries: Entries) -> str:
    return "\n".join(f"{name}: {plain(meaning)}" for name, meaning in entries)


def _loaded(context: CliContext, things: Mapping[str, Documentation]) -> dict[str, Documentation]:
    """Those that the dialplan knows."""
    gone = names_unloaded(context.pbx)
    return {name: each for name, each in things.items() if name.lower() not in gone}


def _find(things: Mapping[str, Documentation], name: str) -> Documentation | None:
    """By name, in any case of letters as in the dialplan."""
    if (found := things.get(name)) is not None:
        return found
    return next((thing for key, thing in things.items() if key.lower() == name.lower()), None)


@command(
    "core show application",
    "core show application <application> [<application> [<application> [...]]]",
    complete=lambda context, _: tuple(context.applications),
)
def show_application(context: CliContext, arguments: Arguments) -> str:
    """Explain dialplan applications."""
    if not arguments:
        raise UsageError
    applications = _loaded(context, context.applications)
    found = [_find(applications, name) for name in arguments]
    texts = [_explained("Application", each) for each in found if each is not None]
    if not texts:
        raise CommandFailedError("Your application(s) is (are) not registered")
    return "".join(texts)


@command(
    "core show applications",
    "core show applications [{like|describing} <text>]",
    complete=lambda _, arguments: () if arguments else ("like", "describing"),
)
def show_applications(context: CliContext, arguments: Arguments) -> str:
    """List the dialplan applications.

    ``like`` keeps those with the text in their name, ``describing`` those with all the words in
    their description.
    """
    applications = sorted(
        _loaded(context, context.applications).values(), key=lambda a: a.name.lower()
    )
    if not arguments:
        lines = [f"{each.name:>20}: {plain(each.summary)}\n" for each in applications]
        footer = f"    -= {len(lines)} Applications Registered =-\n"
        return "    -= Registered Asterisk Applications =-\n" + "".join(lines) + footer
    how, *words = (argument.lower() for argument in arguments)
    if not words or (how == "like" and len(words) != 1) or how not in {"like", "describing"}:
        raise UsageError
    chosen = [
        each
        for each in applications
        if all(word in _searched(each, whole=how == "describing") for word in words)
    ]
    lines = [f"{each.name:>20}: {plain(each.summary)}\n" for each in chosen]
    footer = f"    -= {len(lines)} Applications Matching =-\n"
    return "    -= Matching Asterisk Applications =-\n" + "".join(lines) + footer


def _searched(thing: Documentation, *, whole: bool) -> str:
    text = f"{thing.name} {thing.summary} {thing.description}" if whole else thing.name
    return text.lower()


@command(
    "core show function",
    "core show function <function>",
    complete=lambda context, arguments: () if arguments else tuple(context.functions),
)
def show_function(context: CliContext, arguments: Arguments) -> str:
    """Explain a dialplan function."""
    if len(arguments) != 1:
        raise UsageError
    found = _find(_loaded(context, context.functions), arguments[0])
    if found is None:
        raise CommandFailedError("No function by that name registered.")
    return _explained("Function", found)


@command(
    "core show functions",
    "core show functions [like <text>]",
    complete=lambda _, arguments: () if arguments else ("like",),
)
def show_functions(context: CliContext, arguments: Arguments) -> str:
    """List the dialplan functions, all or those with a text in their name."""
    functions = sorted(_loaded(context, context.functions).values(), key=lambda f: f.name)
    title = "Installed"
    if arguments:
        if len(arguments) != 2 or arguments[0].lower() != "like":
            raise UsageError
        functions = [each for each in functions if arguments[1].lower() in each.name.lower()]
        title = "Matching"
    rule = "-" * 80
    lines = [
        f"{each.name:<20.20}  {each.syntax:<35.35}  {textwrap.shorten(plain(each.summary), 100)}\n"
        for each in functions
    ]
    footer = f"{len(lines)} {title.lower()} custom functions.\n"
    return f"{title} Custom Functions:\n{rule}\n" + "".join(lines) + footer

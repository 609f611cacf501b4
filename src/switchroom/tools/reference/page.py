"""The page of one application or function."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.dialplan.documentation import Documentation, Usage
from switchroom.tools.reference.markdown import Links, anchor, code, entries, head, inline


def page(thing: Documentation, *, index: str, links: Links) -> str:
    """Its page.

    Args:
        thing: The application or function.
        index: The name of the page that lists them, in the folder above.
        links: Addresses as seen from this page.
    """
    return head(source_of(thing)) + "\n\n".join(_blocks(thing, index, links)) + "\n"


def source_of(thing: Documentation) -> str:
    """``src/switchroom/apps/dialing/dial.py``."""
    return f"src/{thing.module.replace('.', '/')}.py"


def _blocks(thing: Documentation, index: str, links: Links) -> Iterator[str]:
    yield f"# {thing.name}"
    first, *others = thing.usages
    yield from _usage(first, links)
    for writing in others:
        yield "## Writing"
        yield from _usage(writing, links)
    if thing.arguments:
        yield "## Arguments"
        yield entries(((each.name, each.meaning) for each in thing.arguments), links)
    if letters := [entry for each in thing.arguments for entry in each.options]:
        yield "## Options"
        yield entries(letters, links)
    if thing.variables:
        yield "## Variables"
        yield entries(thing.variables, links)
    if thing.examples:
        yield "## Examples"
        yield code(thing.examples)
    if thing.family:
        yield f"Others of its kind: [{thing.family}](../{index}#{anchor(thing.family)})."


def _usage(usage: Usage, links: Links) -> Iterator[str]:
    yield inline(usage.summary, links)
    yield code(usage.text)
    if usage.description:
        yield inline(usage.description, links)
    if usage.is_refused_outside:
        yield "Refused to AMI and ARI unless `live_dangerously` is set in `asterisk.conf`."

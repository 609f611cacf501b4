"""The page that lists all applications, or all functions, by family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from switchroom.dialplan.documentation import Documentation
from switchroom.tools.reference.markdown import Links, anchor, head, inline

WITHOUT_FAMILY = "Others"
INTRODUCTION = """\
Examples are lines of `extensions.conf`; without `exten` they are the applications of one extension.
`; => text` behind a line is what its arguments become, behind `Set` the value."""


def index_page(title: str, things: Iterable[Documentation], *, source: str, links: Links) -> str:
    """The list.

    Args:
        title: Its heading.
        things: In any order.
        source: Where the texts come from.
        links: Addresses as seen from this page.
    """
    families: dict[str, list[Documentation]] = {}
    for thing in sorted(things, key=lambda each: each.name.lower()):
        families.setdefault(thing.family or WITHOUT_FAMILY, []).append(thing)
    return head(source) + "\n\n".join(_blocks(title, families, links)) + "\n"


def _blocks(title: str, families: dict[str, list[Documentation]], links: Links) -> Iterator[str]:
    names = sorted(families)
    yield f"# {title}"
    yield INTRODUCTION
    yield " · ".join(f"[{name}](#{anchor(name)})" for name in names)
    for name in names:
        yield f"## {name}"
        yield "\n".join(
            f"- [{each.name}]({links(each.name)}): {inline(each.summary, links)}"
            for each in families[name]
        )

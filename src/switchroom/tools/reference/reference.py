"""All pages of the reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import switchroom.apps
import switchroom.functions
from switchroom.dialplan.documentation import (
    Documentation,
    document_application,
    document_function,
)
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.tools.reference.commands_page import ConsoleCommand, commands_page
from switchroom.tools.reference.index_page import index_page
from switchroom.tools.reference.markdown import Links
from switchroom.tools.reference.page import page

APPLICATIONS, FUNCTIONS = "applications", "functions"  #: folders, and names of the indexes


def make_pages(commands: Iterable[ConsoleCommand]) -> dict[str, str]:
    """Every page by its name, ``applications/Dial.md``.

    Args:
        commands: Those of the console.
    """
    folders = {
        APPLICATIONS: [
            document_application(each) for each in collect_applications(switchroom.apps).values()
        ],
        FUNCTIONS: [
            document_function(each) for each in collect_functions(switchroom.functions).values()
        ],
    }
    addresses = {
        each.name: f"{folder}/{each.name}.md" for folder in folders for each in folders[folder]
    }
    pages = {"commands.md": commands_page(commands, links=_links(addresses, ""))}
    for folder, things in folders.items():
        pages |= _folder(folder, things, addresses)
    return pages


def _folder(
    folder: str, things: Iterable[Documentation], addresses: Mapping[str, str]
) -> dict[str, str]:
    index = f"{folder}.md"
    source = "src/switchroom/apps" if folder == APPLICATIONS else "src/switchroom/functions"
    title = f"Dialplan {folder}"
    pages = {index: index_page(title, things, source=source, links=_links(addresses, ""))}
    for each in things:
        pages[f"{folder}/{each.name}.md"] = page(
            each, index=index, links=_links(addresses, "../", without=each.name)
        )
    return pages


def _links(addresses: Mapping[str, str], up: str, *, without: str = "") -> Links:
    """Addresses of pages, but for ``without``: a page does not link to itself."""

    def address(name: str) -> str:
        return f"{up}{addresses[name]}" if name in addresses and name != without else ""

    return address

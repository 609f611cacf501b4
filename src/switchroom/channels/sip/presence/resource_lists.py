"""Lists that are subscribed to at once: one subscription for all lamps of a phone (RFC 4662)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from switchroom.channels.sip.presence.markup import escape, quoteattr
from switchroom.config.pjsip.lists import ResourceList
from switchroom.sip.message import Header, Request

TAG = "eventlist"  #: the option tag
REQUIRED: Header = ("Require", TAG)
MAX_RESOURCES = 500  #: of one list, those of lists within it included

_RLMI = "application/rlmi+xml"


class ResourceLists:
    """All lists, by event and name.

    Args:
        lists: As configured.
    """

    def __init__(self, lists: Iterable[ResourceList]) -> None:
        self._lists = {(each.event, each.name): each for each in lists}

    def find(self, event: str, name: str, request: Request) -> ResourceList | None:
        """The list that a SUBSCRIBE names; None where it is none, or its phone knows no lists."""
        found = self._lists.get((event, name))
        return found if found is not None and _knows_lists(request) else None

    def resources(self, one: ResourceList) -> list[str]:
        """What a list has, lists within it taken apart; each once."""
        found: dict[str, None] = {}
        seen = {one.name}
        waiting = list(one.items)
        while waiting and len(found) < MAX_RESOURCES:
            name = waiting.pop(0)
            within = self._lists.get((one.event, name))
            if within is None:
                found[name] = None
            elif name not in seen:
                seen.add(name)
                waiting[:0] = within.items
        return list(found)


def _knows_lists(request: Request) -> bool:
    return any(
        each.lower() == TAG for name in ("supported", "require") for each in request.all(name)
    )


@dataclass(frozen=True, slots=True)
class ListedState:
    """One resource of a list, to be told."""

    uri: str
    content_type: str
    body: bytes
    name: str = ""  #: for people


@dataclass(slots=True)
class ListWriter:
    """Writes the NOTIFYs of one subscription to a list.

    Args:
        uri: Of the list.
        boundary: Between the parts; by chance, so that no state has it in it.
        host: Of the names of parts.
    """

    uri: str
    boundary: str
    host: str
    version: int = -1

    @property
    def content_type(self) -> str:
        """Of the whole."""
        start = f"<list.{self.boundary}@{self.host}>"
        return f'multipart/related;type="{_RLMI}";start="{start}";boundary="{self.boundary}"'

    def body(self, states: Sequence[ListedState], *, is_all: bool) -> bytes:
        """The next NOTIFY, with all resources or with those that changed (RFC 4662 §5)."""
        self.version += 1
        whole = "true" if is_all else "false"
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>\n<list xmlns="urn:ietf:params:xml:ns:rlmi" ',
            f"uri={quoteattr(self.uri)} version={quoteattr(str(self.version))} ",
            f'fullState="{whole}">\n',
        ]
        for number, each in enumerate(states):
            name = f"<name>{escape(each.name)}</name>" if each.name else ""
            cid = quoteattr(self._cid(number))
            lines.append(
                f'<resource uri={quoteattr(each.uri)}>{name}<instance id="{number}" '
                f'state="active" cid={cid}/></resource>\n'
            )
        lines.append("</list>\n")
        rlmi = "".join(lines).encode("utf-8", "replace")
        parts = [self._part(f"list.{self.boundary}@{self.host}", _RLMI, rlmi)]
        parts += [
            self._part(self._cid(number), each.content_type, each.body)
            for number, each in enumerate(states)
        ]
        return b"".join(parts) + f"--{self.boundary}--\r\n".encode()

    def _cid(self, number: int) -> str:
        return f"{self.version}.{number}.{self.boundary}@{self.host}"

    def _part(self, cid: str, content_type: str, body: bytes) -> bytes:
        head = (
            f"--{self.boundary}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{cid}>\r\n"
            f'Content-Type: {content_type};charset="UTF-8"\r\n\r\n'
        )
        return head.encode("utf-8", "replace") + body + b"\r\n"

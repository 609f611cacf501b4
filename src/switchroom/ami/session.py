"""One client of the manager interface: who it is, what it may do, what it wants to hear."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from switchroom.ami.filters import EventFilter, FilterError, parse_filter, passes
from switchroom.ami.message import Message
from switchroom.ami.privileges import Privilege, parse_privileges
from switchroom.config.manager import ManagerUser

Address = tuple[str, int]

_numbers = itertools.count(1)


class Outbox(Protocol):
    """Where a session's messages go."""

    def answer(self, message: Message) -> None:
        """Send what belongs to an action."""

    def event(self, message: Message) -> None:
        """Send, or keep, what happened; may end the session where its client does not read."""


@dataclass(slots=True, eq=False)
class Session:
    """State of one connection, or of one session over HTTP.

    Args:
        outbox: Where messages go.
        remote: Of the client.
        local: Where it reached us.
        started_at: By the wall clock.
        protocol: ``TCP``, ``TLS`` or ``HTTP``, for the security log.
    """

    outbox: Outbox
    remote: Address
    local: Address
    started_at: float
    protocol: str = "TCP"
    user: ManagerUser | None = None
    read: Privilege = Privilege.NONE
    write: Privilege = Privilege.NONE
    mask: Privilege = Privilege.ALL  #: of what it may hear, what it wants to
    filters: list[EventFilter] = field(default_factory=list)
    challenge: str = ""
    number: int = field(default_factory=lambda: next(_numbers))
    #: Told when it hears more, or less, than before.
    on_change: Callable[[], None] = lambda: None

    @property
    def is_in(self) -> bool:
        """Whether it has logged in."""
        return self.user is not None

    @property
    def name(self) -> str:
        """Of its user."""
        return self.user.name if self.user is not None else ""

    @property
    def heard(self) -> Privilege:
        """The classes of events that reach it."""
        return self.read & self.mask if self.is_in else Privilege.NONE

    def login(self, user: ManagerUser) -> list[str]:
        """Become somebody; returns what is wrong with the user's section and was left out."""
        self.user = user
        self.read, wrong = parse_privileges(user.read)
        self.write, more = parse_privileges(user.write)
        complaints = [f"there is no class {word!r}" for word in (*wrong, *more)]
        self.filters = []
        for criteria, text in user.filters:
            try:
                self.filters.append(parse_filter(text, criteria))
            except FilterError as error:
                complaints.append(f"eventfilter: {error}")
        self.challenge = ""
        self.on_change()
        return complaints

    def listen(self, mask: Privilege) -> None:
        """Want to hear these classes from now on."""
        self.mask = mask
        self.on_change()

    def hears(self, privilege: Privilege) -> bool:
        """Whether events of these classes reach it, filters aside."""
        return privilege & self.heard == privilege

    def tell(self, message: Message) -> None:
        """Hand it an event that it :meth:`hears`."""
        if not self.filters or passes(self.filters, message):
            self.outbox.event(message)

"""A load of registrations: REGISTER, the challenge, REGISTER with digest."""

from __future__ import annotations

from switchroom.sip.client import NewRequest, OutgoingRequest
from switchroom.sip.events import Event
from switchroom.sip.message import Response
from switchroom.tools.bench.agent import T1, Agent
from switchroom.tools.bench.settings import User

EXPIRES = 3600  #: seconds that are asked for


class _Attempt:
    """One registration; fulfils :class:`~switchroom.sip.client.RequestUser`."""

    __slots__ = ("_began_at", "_load", "_removes")

    def __init__(self, load: Registrations, now: float, *, removes: bool) -> None:
        self._load = load
        self._began_at = now
        self._removes = removes

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """The registrar's last word."""
        if response.status >= 200:
            self._load.over(response.status, now - self._began_at, removes=self._removes)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """It said nothing."""
        self._load.over(0, now - self._began_at, removes=self._removes)


class Registrations(Agent):
    """Registers its users, in turn, and removes the registrations at the end."""

    _open = 0

    @property
    def open_count(self) -> int:
        """Registrations without an answer."""
        return self._open

    async def begin(self, user: User) -> None:
        """Register a user."""
        self._send(user, EXPIRES, removes=False)

    def _send(self, user: User, expires: int, *, removes: bool) -> None:
        self._open += 1
        address, now = self.address_of(user), self.now
        headers = (("Contact", self.contact_of(user)), ("Expires", str(expires)))
        what = NewRequest(
            "REGISTER", self.load.target, address, to=address, account=user.account,
            headers=headers, give_up_after=self.load.patience,
        )  # fmt: skip
        self.stack.request(what, self.flow, now=now, user=_Attempt(self, now, removes=removes))

    def over(self, status: int, seconds: float, *, removes: bool) -> None:
        """One attempt is over; status 0: there was no answer."""
        self._open -= 1
        if removes:
            return
        tally = self.tally
        tally.late += seconds > T1
        if 200 <= status < 300:
            tally.done += 1
            tally.answered.add(seconds)
        elif status:
            tally.refused[status] += 1
        else:
            tally.unanswered += 1

    def hear(self, event: Event) -> None:
        """Nothing concerns it: its attempts are told themselves."""

    async def finish(self) -> None:
        """Wait for the answers, then remove what was registered."""
        await self.wait_until_over(self.load.patience)
        self.tally.unanswered += self._open
        if not self.tally.done:
            return
        for user in self.load.users[: self.load.count]:
            self._send(user, 0, removes=True)
            self.driver.pump()
        await self.wait_until_over(self.load.patience)

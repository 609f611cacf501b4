"""A request that was received, from its transaction to its answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from typing import TYPE_CHECKING

from switchroom.sip.flow import Flow
from switchroom.sip.invite_server import InviteServer
from switchroom.sip.message import Header, Request, build_response
from switchroom.sip.non_invite_server import NonInviteServer

if TYPE_CHECKING:
    from switchroom.sip.stack import SipStack

TransactionKey = tuple[str, ...]
MergeKey = tuple[str, str, int]


class IncomingRequest:
    """One received request with its server transaction.

    Attributes:
        request: The request; its top Via carries ``received`` and ``rport`` (RFC 3581).
        flow: Where it came from, and where its responses go.
        status: Of the last response, 0 before the first.
        merge_key: What an INVITE is known by that comes a second time over another way.
    """

    __slots__ = (
        "armed_at", "flow", "key", "machine", "merge_key", "request", "stack", "status", "to_tag",
    )  # fmt: skip

    def __init__(self, stack: SipStack, request: Request, flow: Flow, key: TransactionKey) -> None:
        self.stack = stack
        self.request = request
        self.flow = flow
        self.key = key
        self.status = 0
        self.to_tag = ""
        self.merge_key: MergeKey | None = None
        self.armed_at = float("inf")
        reliable = flow.is_reliable
        self.machine: InviteServer | NonInviteServer
        if request.method == "INVITE":
            self.machine = InviteServer(reliable=reliable, t1=stack.config.t1)
        else:
            self.machine = NonInviteServer(reliable=reliable)

    def respond(
        self,
        status: int,
        *,
        now: float,
        reason: str = "",
        headers: Iterable[Header] = (),
        body: bytes = b"",
    ) -> bytes:
        """Send a response; what comes after a final one is dropped.

        Args:
            status: 100-699.
            now: Seconds.
            reason: Another reason phrase than the usual one.
            headers: Further headers.
            body: With its Content-Type among ``headers``.

        Returns:
            The octets sent.
        """
        if status > 100 and not self.to_tag:
            self.to_tag = self.stack.token()
        data = build_response(
            self.request,
            status,
            to_tag=self.to_tag if status > 100 else "",
            reason=reason,
            headers=(*self.stack.common_headers, *headers),
            body=body,
        )
        self.status = status
        self.stack.perform(self, self.machine.respond(status, data, now=now), now=now)
        return data

    def answer_once(self, status: int, *, headers: Iterable[Header] = ()) -> None:
        """Refuse whoever has not proved who he is (RFC 3261 §26.3.2.4).

        It is not repeated and nothing is kept: a request under a false address costs whom it names
        one message, and us no memory.
        """
        self.status = status
        self.stack.answer_statelessly(self.request, self.flow, status, headers=tuple(headers))
        self.stack.drop(self)

    def try_for(self, *, now: float) -> None:
        """Send 100 where the user says nothing else within 200 ms (RFC 3261 §17.2.1)."""
        if isinstance(self.machine, InviteServer):
            trying = partial(build_response, self.request, 100, headers=self.stack.common_headers)
            self.machine.try_for(trying, now=now)
            self.stack.arm(self)

    def forget_request(self) -> None:
        """Let go what was received, once nobody asks for it any more.

        The transaction is kept for 32 s after its answer; with a hundred calls a second that would
        be thousands of messages.
        """
        self.request = _forgotten(self.request.method)

    def next_deadline(self) -> float | None:
        """See :class:`~switchroom.sip.machine.Machine`."""
        return self.machine.next_deadline()

    def tick(self, *, now: float) -> None:
        """Fire what is due."""
        self.stack.perform(self, self.machine.tick(now=now), now=now)


@cache
def _forgotten(method: str) -> Request:
    """What stands for all requests of a method that were let go."""
    return Request(method, "", {})

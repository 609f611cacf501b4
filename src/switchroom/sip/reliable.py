"""Provisional responses that are repeated until a PRACK acknowledges them (RFC 3262)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from switchroom.sip.message import Message, Request, Response
from switchroom.sip.timers import GIVE_UP, T1
from switchroom.sip.validation import RefusedRequestError

TAG = "100rel"
MAX_WAITING = 16  #: responses behind one that is not acknowledged
MAX_FORKS = 16  #: early dialogs of one INVITE that are acknowledged
_RACK = re.compile(r"\s*(\d{1,10})\s+(\d{1,10})\s+(\S+)\s*$")


class Reliable(Enum):
    """When provisional responses are acknowledged; the names are those of ``100rel``."""

    NO = auto()
    YES = auto()  #: where the peer requires it
    PEER_SUPPORTED = auto()  #: where the peer knows it
    REQUIRED = auto()  #: who does not know it is refused


def is_reliable(policy: Reliable, request: Request) -> bool:
    """Whether our provisional responses to an INVITE are to be acknowledged."""
    if has_tag(request, "require"):
        return True
    is_enough = policy is Reliable.PEER_SUPPORTED or policy is Reliable.REQUIRED
    return is_enough and has_tag(request, "supported")


def check_reliable(policy: Reliable, request: Request) -> None:
    """Refuse an INVITE that asks for more, or for less, than the endpoint allows.

    Raises:
        RefusedRequestError: 420 or 421.
    """
    if policy is Reliable.NO and has_tag(request, "require"):
        raise RefusedRequestError("Bad Extension", 420, (("Unsupported", TAG),))
    knows = has_tag(request, "require") or has_tag(request, "supported")
    if policy is Reliable.REQUIRED and not knows:
        raise RefusedRequestError("Extension Required", 421, (("Require", TAG),))


def has_tag(message: Message, header: str) -> bool:
    """Whether Supported or Require names the extension."""
    if header not in message.fields:
        return False
    return any(each.lower() == TAG for each in message.all(header))


@dataclass(slots=True)
class _Outstanding:
    """The response that waits for its PRACK."""

    data: bytes
    number: int  # RSeq
    has_sdp: bool
    gap: float
    send_at: float
    give_up_at: float


@dataclass(slots=True)
class HeardReliable:
    """Which reliable responses to an INVITE of ours were acknowledged, by the peer's tag (§4)."""

    last: dict[str, int] = field(default_factory=dict)

    def is_new(self, response: Response) -> bool:
        """Whether it is to be acknowledged now; repeated ones and those out of order are not."""
        text = response.get("rseq").strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            return False
        number, tag = int(text), response.to.tag
        before = self.last.get(tag)
        if before is not None and number != before + 1:
            return False
        if before is None and len(self.last) >= MAX_FORKS:
            return False
        self.last[tag] = number
        return True


Send = Callable[[int], bytes]  #: sends a response with this RSeq, and returns its octets


class ReliableResponses:
    """The reliable provisional responses of one INVITE; one at a time is on its way (§3).

    Args:
        cseq: Of the INVITE.
        first: The first RSeq: by chance, below 2**31.
    """

    __slots__ = ("_cseq", "_next", "_outstanding", "_waiting", "sdp_is_acknowledged")

    def __init__(self, cseq: int, first: int) -> None:
        self._cseq = cseq
        self._next = first
        self._outstanding: _Outstanding | None = None
        self._waiting: deque[tuple[Send, bool]] = deque(maxlen=MAX_WAITING)
        self.sdp_is_acknowledged = False  #: an answer of ours arrived: offers may follow (RFC 3311)

    @property
    def holds_back_answer(self) -> bool:
        """Whether a 2xx has to wait: a description of ours is not acknowledged yet (§3)."""
        outstanding = self._outstanding
        has_sdp = outstanding is not None and outstanding.has_sdp
        return has_sdp or any(sdp for _, sdp in self._waiting)

    def send(self, send: Send, *, has_sdp: bool, now: float) -> None:
        """Send a response, or keep it until the one before is acknowledged."""
        if self._outstanding is not None:
            self._waiting.append((send, has_sdp))
            return
        number = self._next
        self._next += 1
        data = send(number)
        self._outstanding = _Outstanding(data, number, has_sdp, T1, now + T1, now + GIVE_UP)

    def acknowledged(self, request: Request, *, now: float) -> bool:
        """Take a PRACK; returns whether it is for the response on its way. The next one follows."""
        match = _RACK.match(request.get("rack"))
        outstanding = self._outstanding
        if match is None or outstanding is None:
            return False
        if (int(match[1]), int(match[2]), match[3]) != (outstanding.number, self._cseq, "INVITE"):
            return False
        self.sdp_is_acknowledged |= outstanding.has_sdp
        self._outstanding = None
        if self._waiting:
            send, has_sdp = self._waiting.popleft()
            self.send(send, has_sdp=has_sdp, now=now)
        return True

    def stop(self) -> None:
        """The INVITE has its final response: nothing is repeated any more."""
        self._outstanding = None
        self._waiting.clear()

    def next_deadline(self) -> float | None:
        """When :meth:`tick` is to be called."""
        return None if self._outstanding is None else self._outstanding.send_at

    def tick(self, *, now: float) -> bytes | None:
        """What to send again.

        Returns:
            The octets; empty when nobody acknowledges it and the INVITE has failed; None for
            nothing.
        """
        outstanding = self._outstanding
        if outstanding is None or now < outstanding.send_at:
            return None
        if now >= outstanding.give_up_at:
            self.stop()
            return b""
        outstanding.gap *= 2
        outstanding.send_at = now + outstanding.gap
        return outstanding.data

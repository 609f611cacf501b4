"""A publication of our own (RFC 3903): made, changed, refreshed before it expires, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchroom.sip.client import Headers, NewRequest, OutgoingRequest
from switchroom.sip.digest import Account
from switchroom.sip.flow import Flow
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Response

if TYPE_CHECKING:
    from switchroom.sip.stack import SipStack

RETRY_AFTER = 60.0  #: seconds between attempts where the server is in trouble and names none
LONGEST = 3600  #: seconds; a server that asks for more time is asked again before
REFRESH_MARGIN = 5.0  #: seconds at least between a refresh and the expiry, for retransmissions

#: What a piece of state is about, with what is said of it.
Piece = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class NewPublication:
    """What is published, and where."""

    uri: str  #: the Request-URI
    from_: NameAddr
    to: NameAddr
    event: str
    content_type: str
    expires: int = 3600  #: seconds that are asked for
    account: Account | None = None
    headers: Headers = ()
    most_challenges: int = 5  #: in a row that our account does not answer; then it is over


class ClientPublication:
    """Keeps state published at one server; the stack's clock refreshes it.

    A state may come in pieces, each of which tells of something else (devices): they go one after
    another, and of one that changes meanwhile the last word only.

    Args:
        stack: Sends the requests.
        what: The publication.
        flow: Where the server is.
        whole: Gives all pieces: at the beginning, and when the server has forgotten them.
        ended: Called when it is over.
    """

    def __init__(
        self,
        stack: SipStack,
        what: NewPublication,
        flow: Flow,
        whole: Callable[[], Iterable[Piece]],
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self.stack = stack
        self.what = what
        self.flow = flow
        self.armed_at = float("inf")
        self.status = 0  #: of the last answer; 0: none
        self.expires_at: float | None = None  #: when the server forgets it, if it knows it
        self.is_over = False  #: it is published no more: taken back, or refused for good
        self._whole = whole
        self._ended = ended
        self._waiting: dict[str, bytes] = {}
        self._tag = ""
        self._expires = what.expires
        self._sent: Piece | None = None  # on its way; a refresh has no body
        self._is_busy = self._is_stopping = False
        self._challenges = 0
        self._timer_at: float | None = None

    def start(self, *, now: float) -> None:
        """Publish all of it."""
        self._waiting = dict(self._whole())
        self._go_on(now)

    def publish(self, piece: Piece, *, now: float) -> None:
        """Tell something that changed."""
        if self.is_over or self._is_stopping:
            return
        name, body = piece
        self._waiting.pop(name, None)
        self._waiting[name] = body
        if self._tag or self._timer_at is None:  # after a failure it waits with the rest
            self._go_on(now)

    def stop(self, *, now: float) -> None:
        """Take it back."""
        if self.is_over or self._is_stopping:
            return
        self._is_stopping = True
        self._waiting.clear()
        self._go_on(now)

    # the clock

    def next_deadline(self) -> float | None:
        """When to call :meth:`tick` next."""
        return self._timer_at

    def tick(self, *, now: float) -> None:
        """Refresh, or try again, once it is due."""
        if self._timer_at is None or now < self._timer_at:
            return
        self._timer_at = None
        if self._is_busy:
            return
        if not self._tag:
            self._waiting = dict(self._whole()) | self._waiting
            self._go_on(now)
        elif self._waiting:
            self._go_on(now)
        else:
            self._send(None, self._expires, now)

    # answers

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if response.status < 200:
            return
        self._is_busy = False
        self.status = response.status
        if self._is_stopping and not self._tag_after(response):
            self._end()
            return
        if response.status < 300:
            self._accepted(response, now)
        elif response.status == 412:  # it has forgotten us
            self._forget()
            self._waiting = dict(self._whole())
            self._try_later(now, after=0.0)
        elif response.status == 423 and self._asks_for_more(response):
            self._put_back()
            self._go_on(now)
        elif response.status in {401, 407}:
            self._challenges += 1
            self._refused(response, now, is_final=self._challenges >= self.what.most_challenges)
        else:
            is_trouble = response.status in {408, 480} or 500 <= response.status < 600
            self._refused(response, now, is_final=not is_trouble)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        self._is_busy = False
        self.status = 0
        if self._is_stopping:
            self._end()
        else:
            self._refused(None, now, is_final=False)

    def _tag_after(self, response: Response) -> str:
        """The tag to take back after an answer; empty: there is nothing."""
        self._tag = response.get("sip-etag").strip() if response.status < 300 else ""
        return self._tag if _number(response.get("expires")) else ""

    def _accepted(self, response: Response, now: float) -> None:
        self._challenges = 0
        self._tag = response.get("sip-etag").strip()
        granted = min(_number(response.get("expires")) or self._expires, LONGEST)
        self.expires_at = now + granted
        if not self._tag:  # it cannot be changed, then: say it anew in time
            self._waiting = self._waiting or dict(self._whole())
        margin = max(REFRESH_MARGIN, granted / 10)
        self._timer_at = now + max(granted / 2, granted - margin)
        self.stack.arm(self)
        if self._is_stopping or (self._waiting and self._tag):
            self._go_on(now)

    def _asks_for_more(self, response: Response) -> bool:
        minimum = _number(response.get("min-expires"))
        if self._expires != self.what.expires or not self._expires < minimum <= LONGEST:
            return False  # once: no endless loop
        self._expires = minimum
        return True

    def _refused(self, response: Response | None, now: float, *, is_final: bool) -> None:
        self._forget()
        if is_final:
            self._end()
            return
        self._put_back()
        wanted = _number(response.get("retry-after")) if response is not None else 0
        self._try_later(now, after=min(wanted, LONGEST) or RETRY_AFTER)

    def _put_back(self) -> None:
        if self._sent is not None:
            self._waiting.setdefault(*self._sent)

    def _forget(self) -> None:
        self._tag, self.expires_at = "", None

    def _try_later(self, now: float, *, after: float) -> None:
        self._timer_at = now + max(after, 1.0)  # a server that forgets at once is not flooded
        self.stack.arm(self)

    def _end(self) -> None:
        self.is_over = True
        self._timer_at = None
        self._forget()
        self._waiting.clear()
        self._ended()

    # requests

    def _go_on(self, now: float) -> None:
        """Send what comes next, unless a request is on its way."""
        if self._is_busy or self.is_over:
            return
        if self._is_stopping:
            self._timer_at = None
            if self._tag:
                self._send(None, 0, now)
            else:
                self._end()
        elif self._waiting:
            name = next(iter(self._waiting))
            self._send((name, self._waiting.pop(name)), self._expires, now)

    def _send(self, piece: Piece | None, expires: int, now: float) -> None:
        what = self.what
        self._sent, self._is_busy = piece, True
        match = (("SIP-If-Match", self._tag),) if self._tag else ()
        kind = (("Content-Type", what.content_type),) if piece is not None else ()
        request = NewRequest(
            "PUBLISH",
            what.uri,
            what.from_,
            to=what.to,
            account=what.account,
            headers=(
                ("Event", what.event), ("Expires", str(expires)), *match, *kind, *what.headers,
            ),
            body=piece[1] if piece is not None else b"",
        )  # fmt: skip
        self.stack.request(request, self.flow, now=now, user=self)


def _number(text: str) -> int:
    """A number of seconds, 0 where it is none that makes sense."""
    digits = text.partition(";")[0].partition("(")[0].strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else 0

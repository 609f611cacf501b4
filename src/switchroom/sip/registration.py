"""A registration of our own: made, refreshed before it expires, removed (RFC 3261 §10.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.sip.client import Headers, NewRequest, OutgoingRequest
from switchroom.sip.digest import Account
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.events import Registered, RegistrationFailed, Unregistered
from switchroom.sip.flow import Flow
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addrs
from switchroom.sip.message import Response
from switchroom.sip.timers import GIVE_UP

if TYPE_CHECKING:
    from switchroom.sip.stack import SipStack

RETRY_AFTER = 30.0  #: seconds between attempts where the registrar is in trouble and names none
LONGEST_RETRY_AFTER = 3600.0  #: seconds; a registrar that asks for more is asked again before
LONGEST_GRANT = 86_400  #: seconds that count at most, where no more was asked for
REFRESH_MARGIN = 5.0  #: seconds at least between a refresh and the expiry, for retransmissions


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How to go on after a failure; as it stands, a refusal that asking does not change is final.

    All in seconds; 0: it is not tried again.
    """

    in_trouble: float = RETRY_AFTER  #: nobody answers, or the registrar has troubles of its own
    forbidden: float = 0.0  #: after a 403
    refused: float = 0.0  #: after another refusal
    wrong_account: float = 0.0  #: after a challenge that our account does not answer
    most: int | None = None  #: attempts in a row; None: as many as it takes

    def wait_after(self, status: int) -> float:
        """Seconds until the next attempt, 0 where there is none."""
        if status == 403:
            return self.forbidden
        if status in {401, 407}:
            return self.wrong_account
        return self.in_trouble if status in _TROUBLES or 500 <= status < 600 else self.refused


_TROUBLES = frozenset({0, 408, 480})


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """A binding to keep."""

    registrar: str  #: the Request-URI: a SIP URI without user
    aor: NameAddr  #: whom to register; its tag is made by the stack
    contact: str  #: the URI where requests for it should go
    account: Account | None = None  #: for 401 and 407
    expires: int = 3600  #: seconds that are asked for; the registrar decides
    give_up_after: float = GIVE_UP  #: seconds without a final response
    sender: NameAddr | None = None  #: From, where it is not the AOR (§10.2)
    headers: Headers = ()
    contact_parameters: str = ""  #: of the Contact header, each with its semicolon in front
    retry: RetryPolicy = RetryPolicy()


class State(Enum):
    """Where a registration stands."""

    IDLE = auto()  #: nothing is on its way; at first, and between two attempts
    TRYING = auto()  #: a REGISTER waits for its answer
    REGISTERED = auto()
    STOPPING = auto()  #: to be removed once the REGISTER on its way is answered (§10.2)
    REMOVING = auto()  #: the REGISTER that removes the binding waits for its answer
    ENDED = auto()


class Input(Enum):
    """What can happen to it."""

    START = auto()
    STOP = auto()
    TIMER = auto()  # refresh, or try again
    ACCEPTED = auto()  # 2xx
    TOO_BRIEF = auto()  # 423: ask for more
    REFUSED = auto()  # it is not tried again
    IN_TROUBLE = auto()  # it is tried again later: 5xx, 408, 480, no answer, or as the policy says


class ClientRegistration:
    """Keeps one binding at a registrar; the stack's clock refreshes it.

    Its outcomes are events: :class:`Registered` after each success, :class:`RegistrationFailed`,
    and at the end :class:`Unregistered`.

    Args:
        stack: Sends the requests.
        what: The binding.
        flow: Where the registrar is.
    """

    def __init__(self, stack: SipStack, what: NewRegistration, flow: Flow) -> None:
        self.stack = stack
        self.what = what
        self.flow = flow
        self.state = State.IDLE
        self.armed_at = float("inf")
        self._call_id = stack.token()
        self._cseq = 0
        self._expires = what.expires
        self._timer_at: float | None = None
        self._response: Response | None = None
        self._failures = 0  # in a row
        self.expires_at: float | None = None  #: when the registrar forgets it, if it knows it
        self.service_route: tuple[str, ...] = ()  #: where calls have to go through (RFC 3608)

    def start(self, *, now: float) -> None:
        """Register; harmless when it was started before."""
        self._feed(Input.START, now)

    def stop(self, *, now: float) -> None:
        """Remove the binding; harmless when it was stopped before."""
        self._feed(Input.STOP, now)

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if response.status < 200:
            return
        self._cseq = outgoing.cseq  # one higher than what was asked for, after a challenge
        self._response = response
        self._feed(self._input_of(response), now)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        self._cseq = outgoing.cseq
        self._response = None
        self._feed(self._failure(0), now)

    def next_deadline(self) -> float | None:
        """When to call :meth:`tick` next."""
        return self._timer_at

    def tick(self, *, now: float) -> None:
        """Refresh, or try again, once it is due."""
        if self._timer_at is not None and now >= self._timer_at:
            self._timer_at = None
            self._feed(Input.TIMER, now)

    def _input_of(self, response: Response) -> Input:
        status = response.status
        if status < 300:
            return Input.ACCEPTED
        minimum = _number(response.get("min-expires"))
        if status == 423 and minimum > self._expires == self.what.expires:  # once: no endless loop
            return Input.TOO_BRIEF
        return self._failure(status)

    def _failure(self, status: int) -> Input:
        self._failures += 1
        retry = self.what.retry
        is_enough = retry.most is not None and self._failures > retry.most
        return Input.REFUSED if is_enough or not retry.wait_after(status) else Input.IN_TROUBLE

    def _feed(self, event: Input, now: float) -> None:
        """Take one input; what the state does not expect is absorbed."""
        transition = TRANSITIONS.get((self.state, event))
        if transition is not None:
            self.state, action = transition
            action(self, now)

    # actions

    def send(self, now: float) -> None:
        """Send the REGISTER that makes or refreshes the binding."""
        self._send(self._expires, now)

    def ask_for_more(self, now: float) -> None:
        """Send it again with the expiry that the registrar wants at least (§10.2.8)."""
        assert self._response is not None
        self._expires = _number(self._response.get("min-expires"))
        self._send(self._expires, now)

    def remove(self, now: float) -> None:
        """Send the REGISTER that removes the binding (§10.2.2)."""
        self._timer_at = None
        self._send(0, now)

    def keep(self, now: float) -> None:
        """It is made: refresh it before it expires."""
        # Asked for less, a registrar may not say that it will not be asked again for years.
        granted = min(self._granted(), max(self._expires, LONGEST_GRANT))
        assert self._response is not None
        self._failures = 0
        self.expires_at = now + granted
        self.service_route = tuple(self._response.all("service-route"))
        margin = max(REFRESH_MARGIN, granted / 10)
        self._set_timer(now + max(granted / 2, granted - margin))
        self.stack.emit(Registered(self, granted))

    def fail(self, now: float) -> None:
        """It is refused for good."""
        self.expires_at = None
        self.stack.emit(RegistrationFailed(self, self._status))

    def fail_for_now(self, now: float) -> None:
        """It is not made this time."""
        wanted = _number(self._response.get("retry-after")) if self._response is not None else 0
        wait = self.what.retry.wait_after(self._status)
        after = min(wanted or wait, max(wait, LONGEST_RETRY_AFTER))
        self._set_timer(now + after)
        self.stack.emit(RegistrationFailed(self, self._status, after))

    def end(self, now: float) -> None:
        """Nothing is left of it, or nothing that we could remove."""
        self._timer_at = self.expires_at = None
        self.stack.emit(Unregistered(self))

    def wait(self, now: float) -> None:
        """The answer of the REGISTER on its way comes first."""

    def _send(self, expires: int, now: float) -> None:
        what = self.what
        request = NewRequest(
            "REGISTER",
            what.registrar,
            what.sender or what.aor,
            to=what.aor,
            account=what.account,
            call_id=self._call_id,
            cseq=self._cseq + 1,
            headers=(
                ("Contact", f"<{what.contact}>{what.contact_parameters}"),
                ("Expires", str(expires)),
                *what.headers,
            ),
            give_up_after=what.give_up_after,
        )
        self.stack.request(request, self.flow, now=now, user=self)

    def _set_timer(self, at: float) -> None:
        self._timer_at = at
        self.stack.arm(self)

    @property
    def _status(self) -> int:
        return self._response.status if self._response is not None else 0

    def _granted(self) -> int:
        """Seconds until the binding expires (§10.2.4): of our Contact, else Expires, else asked."""
        response = self._response
        assert response is not None
        try:
            contacts = parse_name_addrs(response.fields.get("contact", []))
        except RemoteSipError:
            contacts = []
        # A registrar behind a NAT may show the Contact that it saw: alone, it is ours as well.
        ours = [each for each in contacts if each.uri == self.what.contact]
        for each in ours or (contacts if len(contacts) == 1 else []):
            if seconds := _number(each.parameters.get("expires", "")):
                return seconds
        return _number(response.get("expires")) or self._expires


def _number(text: str) -> int:
    """A number of seconds, 0 where it is none that makes sense (RFC 3261 §20.19: below 2**32)."""
    digits = text.partition(";")[0].partition("(")[0].strip()  # Retry-After may have a comment
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else 0


Action = Callable[[ClientRegistration, float], None]

TRANSITIONS: Mapping[tuple[State, Input], tuple[State, Action]] = MappingProxyType(
    {
        (State.IDLE, Input.START): (State.TRYING, ClientRegistration.send),
        (State.IDLE, Input.TIMER): (State.TRYING, ClientRegistration.send),
        (State.IDLE, Input.STOP): (State.ENDED, ClientRegistration.end),
        (State.TRYING, Input.ACCEPTED): (State.REGISTERED, ClientRegistration.keep),
        (State.TRYING, Input.TOO_BRIEF): (State.TRYING, ClientRegistration.ask_for_more),
        (State.TRYING, Input.REFUSED): (State.ENDED, ClientRegistration.fail),
        (State.TRYING, Input.IN_TROUBLE): (State.IDLE, ClientRegistration.fail_for_now),
        (State.TRYING, Input.STOP): (State.STOPPING, ClientRegistration.wait),
        (State.REGISTERED, Input.TIMER): (State.TRYING, ClientRegistration.send),
        (State.REGISTERED, Input.STOP): (State.REMOVING, ClientRegistration.remove),
        (State.STOPPING, Input.ACCEPTED): (State.REMOVING, ClientRegistration.remove),
        (State.STOPPING, Input.TOO_BRIEF): (State.REMOVING, ClientRegistration.remove),
        (State.STOPPING, Input.REFUSED): (State.ENDED, ClientRegistration.end),
        (State.STOPPING, Input.IN_TROUBLE): (State.ENDED, ClientRegistration.end),
        (State.REMOVING, Input.ACCEPTED): (State.ENDED, ClientRegistration.end),
        (State.REMOVING, Input.TOO_BRIEF): (State.ENDED, ClientRegistration.end),
        (State.REMOVING, Input.REFUSED): (State.ENDED, ClientRegistration.end),
        (State.REMOVING, Input.IN_TROUBLE): (State.ENDED, ClientRegistration.end),
    }
)

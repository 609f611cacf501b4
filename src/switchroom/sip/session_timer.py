"""Session timers (RFC 4028): a session whose peer has vanished ends, others are refreshed.

Whoever is the refresher sends an UPDATE or re-INVITE after half of the interval; whoever is not
says BYE a little before its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.parameters import parse_parameters
from switchroom.sip.message import Header, Message, Request, Response
from switchroom.sip.validation import RefusedRequestError

TAG = "timer"
SHORTEST = 90  #: seconds; nobody may ask for less (§4)
LONGEST = 24 * 3600  #: seconds; a peer that asks for more gets that
END_MARGIN = 32.0  #: seconds before the end that a BYE is sent at the latest (§10)


class Use(Enum):
    """When a session has a timer; the names are those of ``timers``."""

    NO = auto()
    YES = auto()  #: where the peer knows them
    REQUIRED = auto()  #: who does not know them is refused
    ALWAYS = auto()  #: also where the peer does not know them: then we refresh


@dataclass(frozen=True, slots=True)
class TimerPolicy:
    """What is asked for; seconds."""

    use: Use = Use.YES
    expires: int = 1800
    minimum: int = SHORTEST


class Due(Enum):
    """What is to be done."""

    REFRESH = auto()
    END = auto()


class SessionTimer:
    """The timer of one session; pure: it says what to write and what is due.

    Args:
        policy: Of the endpoint.
    """

    __slots__ = (
        "_at",
        "_expires",
        "_is_refreshing",
        "_minimum",
        "interval",
        "policy",
        "we_refresh",
    )

    def __init__(self, policy: TimerPolicy) -> None:
        self.policy = policy
        self.interval = 0  #: seconds that were agreed; 0: none
        self.we_refresh = False
        self._is_refreshing = False  # it is asked for; until it is answered the end counts
        self._expires = max(policy.expires, policy.minimum, SHORTEST)
        self._minimum = max(policy.minimum, SHORTEST)
        self._at = 0.0  # when it was last refreshed

    def request_headers(self) -> list[Header]:
        """Of an INVITE or UPDATE of ours."""
        if self.policy.use is Use.NO:
            return []
        headers: list[Header] = []
        if self.policy.use is Use.REQUIRED and not self.interval:
            headers.append(("Require", TAG))
        refresher = ""
        if self.interval:
            refresher = ";refresher=uac" if self.we_refresh else ";refresher=uas"
        expires = self.interval or self._expires
        return [
            *headers,
            ("Session-Expires", f"{expires}{refresher}"),
            ("Min-SE", str(self._minimum)),
        ]

    def raise_minimum(self, response: Response) -> bool:
        """Take the Min-SE of a 422; returns whether asking again makes sense (§7.4)."""
        wanted = _seconds(response.get("min-se"))
        if wanted <= self._minimum or wanted > LONGEST:
            return False
        self._minimum = wanted
        self._expires = max(self._expires, wanted)
        return True

    def check(self, request: Request) -> None:
        """Look at a peer's INVITE or UPDATE before it is answered.

        Raises:
            RefusedRequestError: Its interval is too short (422), or it has to know timers (421).
        """
        if self.policy.use is Use.NO:
            if any(each.lower() == TAG for each in request.all("require")):
                raise RefusedRequestError("Bad Extension", 420, (("Unsupported", TAG),))
            return
        wanted, _ = _session_expires(request)
        if wanted and wanted < self._minimum and _knows_timers(request):
            header = ("Min-SE", str(self._minimum))
            raise RefusedRequestError("Session Interval Too Small", 422, (header,))
        if self.policy.use is Use.REQUIRED and not _knows_timers(request):
            raise RefusedRequestError("Extension Required", 421, (("Require", TAG),))

    def accept(self, request: Request, *, now: float) -> list[Header]:
        """The headers of our 2xx to a peer's INVITE or UPDATE; the timer starts anew (§9)."""
        self.interval = 0
        self._is_refreshing = False
        use = self.policy.use
        knows = _knows_timers(request)
        if use is Use.NO or (not knows and use is not Use.ALWAYS):
            return []
        wanted, refresher = _session_expires(request)
        floor = max(self._minimum, _seconds(request.get("min-se")))
        ours = max(self._expires, floor)
        self.interval = max(min(wanted or ours, LONGEST), floor) if knows else ours
        self.we_refresh = not knows or refresher == "uas"
        self._at = now
        role = "uas" if self.we_refresh else "uac"
        header = ("Session-Expires", f"{self.interval};refresher={role}")
        return [header] if self.we_refresh else [("Require", TAG), header]

    def agreed(self, response: Response, *, now: float) -> None:
        """Take the peer's 2xx to our INVITE or UPDATE (§7.2)."""
        self.interval = 0
        self._is_refreshing = False
        if self.policy.use is Use.NO:
            return
        seconds, refresher = _session_expires(response)
        if seconds:
            self.interval = max(min(seconds, LONGEST), SHORTEST)
            self.we_refresh = refresher != "uas"
        elif self.policy.use is Use.ALWAYS:
            self.interval, self.we_refresh = self._expires, True
        self._at = now

    def next_deadline(self) -> float | None:
        """When :meth:`due` has something to say."""
        if not self.interval:
            return None
        if self.we_refresh and not self._is_refreshing:
            return self._at + self.interval / 2
        return self._at + self.interval - min(END_MARGIN, self.interval / 3)

    def due(self, *, now: float) -> Due | None:
        """What is to be done now; a refresh is asked for once, its answer starts the timer anew."""
        deadline = self.next_deadline()
        if deadline is None or now < deadline:
            return None
        if self.we_refresh and not self._is_refreshing:
            self._is_refreshing = True
            return Due.REFRESH
        self.interval = 0
        return Due.END


def _knows_timers(message: Message) -> bool:
    return any(
        each.lower() == TAG
        for name in ("supported", "require")
        if name in message.fields
        for each in message.all(name)
    )


def _session_expires(message: Message) -> tuple[int, str]:
    """Seconds and refresher; 0 where there are none that can be read."""
    if "session-expires" not in message.fields:
        return 0, ""
    value, _, rest = message.get("session-expires").partition(";")
    try:
        refresher = parse_parameters(rest).get("refresher", "").lower()
    except RemoteSipError:
        refresher = ""
    return _seconds(value), refresher


def _seconds(text: str) -> int:
    digits = text.partition(";")[0].strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else 0

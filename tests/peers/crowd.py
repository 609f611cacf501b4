"""Many calls at once against a node, each with an ending of its own; one socket, one thread."""

from __future__ import annotations

import itertools
import random
import re
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

ENDINGS = (
    "hung up by us", "hung up by them", "cancelled", "cancelled at once", "busy", "refused",
    "no such extension", "bye before the answer", "bad offer", "dialled", "dialled, busy",
    "dialled, cancelled",
)  # fmt: skip
_EXTENSIONS = {
    "hung up by us": "hold", "hung up by them": "answer", "cancelled": "ring",
    "cancelled at once": "ring", "busy": "busy", "refused": "refuse",
    "no such extension": "nowhere", "bye before the answer": "ring", "bad offer": "answer",
    "dialled": "dial", "dialled, busy": "dialbusy", "dialled, cancelled": "dialring",
}  # fmt: skip

_HEADER = re.compile(r"^(Via|From|To|Call-ID|CSeq): *(.*)\r$", re.MULTILINE)
_TAG = re.compile(r";tag=([^;\s]+)")
PATIENCE = 20.0  #: seconds without any message


@dataclass
class Call:
    """One of our calls."""

    ending: str
    number: int
    statuses: list[int] = field(default_factory=list)
    to_tag: str = ""
    is_over: bool = False


class Crowd:
    """Calls ``extension@node`` again and again; also answers whom the node dials.

    Args:
        port: The node's, on 127.0.0.1.
        seed: Of what malformed datagrams go in between.
    """

    def __init__(self, port: int, seed: int = 4) -> None:
        self._node = ("127.0.0.1", port)
        self._random = random.Random(seed)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        self.port: int = self._socket.getsockname()[1]
        self._calls: dict[str, Call] = {}
        self._begun = 0
        self._numbers = itertools.count(1)
        self.outcomes: Counter[tuple[str, int]] = Counter()  #: ending and final status

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def run(self, count: int, *, at_once: int, endings: Sequence[str] = ENDINGS) -> None:
        """Make ``count`` calls, of each ending in turn, and wait until all are over.

        Raises:
            AssertionError: Nothing comes any more, and calls are left.
        """
        self._socket.settimeout(0.2)
        last = self._begun + count
        heard_at = time.monotonic()
        while self._begun < last or self._calls:
            while self._begun < last and len(self._calls) < at_once:
                self._begin(endings[self._begun % len(endings)])
                self._begun += 1
            try:
                self._take(self._socket.recv(65536).decode())
                heard_at = time.monotonic()
            except TimeoutError:
                left = Counter(call.ending for call in self._calls.values())
                assert time.monotonic() - heard_at < PATIENCE, f"calls are left: {left}"

    def _begin(self, ending: str) -> None:
        call = Call(ending, next(self._numbers))
        self._calls[self._call_id(call)] = call
        self._send_request(call, "INVITE")
        if ending == "cancelled at once":
            self._send_request(call, "CANCEL")
        if self._random.random() < 0.2:
            self._socket.sendto(self._random.randbytes(200), self._node)
            torn = self._request(call, "INVITE").replace(self._call_id(call), "torn").encode()
            self._socket.sendto(torn[: self._random.randrange(len(torn))][40:], self._node)

    def _call_id(self, call: Call) -> str:
        return f"crowd{self.port}x{call.number}"

    def _request(self, call: Call, method: str, *, branch: str = "") -> str:
        ours = f"127.0.0.1:{self.port}"
        body = ""
        if method == "INVITE":
            body = (
                "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                "m=audio 9 RTP/AVP 0\r\n"
            )
            if call.ending == "bad offer":
                body = body.replace("RTP/AVP 0", "RTP/AVP 96")
        uri = f"sip:{_EXTENSIONS[call.ending]}@127.0.0.1:{self._node[1]}"
        tag = f";tag={call.to_tag}" if call.to_tag and method in {"ACK", "BYE"} else ""
        cseq = 2 if method == "BYE" else 1
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {ours};branch=z9hG4bK{call.number}{branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:crowd@{ours}>;tag=c{call.number}\r\n"
            f"To: <{uri}>{tag}\r\nCall-ID: {self._call_id(call)}\r\nCSeq: {cseq} {method}\r\n"
            f"Contact: <sip:crowd@{ours}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def _send_request(self, call: Call, method: str, *, branch: str = "") -> None:
        self._socket.sendto(self._request(call, method, branch=branch).encode(), self._node)

    def _take(self, text: str) -> None:
        headers: dict[str, str] = {}
        for name, value in _HEADER.findall(text):
            headers.setdefault(name, value)
        if text.startswith("SIP/2.0 "):
            call = self._calls.get(headers.get("Call-ID", ""))
            if call is not None:
                self._response(call, int(text[8:11]), headers)
        else:
            self._dialled(text, headers)

    def _response(self, call: Call, status: int, headers: dict[str, str]) -> None:
        method = headers["CSeq"].split()[1]
        if method == "BYE":
            if call.statuses[-1] >= 200:  # otherwise the INVITE is still to be answered
                self._over(call)
            return
        if method != "INVITE" or status == 100:
            return
        tag = _TAG.search(headers["To"])
        call.to_tag = tag[1] if tag else ""
        call.statuses.append(status)
        if status < 200:
            if call.ending in {"cancelled", "dialled, cancelled"}:
                self._send_request(call, "CANCEL")
            elif call.ending == "bye before the answer":
                self._send_request(call, "BYE", branch="bye")
        elif status < 300:
            self._send_request(call, "ACK", branch="ack")
            if call.ending in {"hung up by us", "dialled"} and call.statuses.count(status) == 1:
                self._send_request(call, "BYE", branch="bye")
        else:
            self._refused(call, status)

    def _refused(self, call: Call, status: int) -> None:
        self._send_request(call, "ACK")
        if status == 503:  # a node on a busy machine may be behind: as asked, later
            del self._calls[self._call_id(call)]
            self._begin(call.ending)
        else:
            self._over(call)

    def _over(self, call: Call) -> None:
        final = next((each for each in call.statuses if each >= 200), 0)
        self.outcomes[call.ending, final] += 1
        del self._calls[self._call_id(call)]

    def _dialled(self, text: str, headers: dict[str, str]) -> None:
        """A request of the node: of a call we made, or one that it makes to us."""
        method = text.partition(" ")[0]
        if method == "ACK":
            return
        call = self._calls.get(headers["Call-ID"])
        if call is not None and method == "BYE":
            self._answer(200, headers)
            self._over(call)
        elif method == "INVITE":
            user = text.partition(":")[2].partition("@")[0]
            if user == "busy":
                self._answer(486, headers)
            else:
                self._answer(180, headers)
                if user != "ring":
                    self._answer(200, headers, text.partition("\r\n\r\n")[2])
        elif method == "CANCEL":
            self._answer(200, headers)
            self._answer(487, {**headers, "CSeq": headers["CSeq"].replace("CANCEL", "INVITE")})
        else:
            self._answer(200, headers)

    def _answer(self, status: int, headers: dict[str, str], sdp: str = "") -> None:
        kind = "Content-Type: application/sdp\r\n" if sdp else ""
        to = headers["To"] if ";tag=" in headers["To"] else f"{headers['To']};tag=callee"
        self._socket.sendto(
            (
                f"SIP/2.0 {status} So\r\nVia: {headers['Via']}\r\nFrom: {headers['From']}\r\n"
                f"To: {to}\r\nCall-ID: {headers['Call-ID']}\r\nCSeq: {headers['CSeq']}\r\n"
                f"Contact: <sip:callee@127.0.0.1:{self.port}>\r\n{kind}"
                f"Content-Length: {len(sdp)}\r\n\r\n{sdp}"
            ).encode(),
            self._node,
        )

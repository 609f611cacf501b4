"""Scenarios of sipp, written step by step in a test; sipp itself plays them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

SDP = """\
v=0
o=sipp 1 [$version] IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
"""


class Scenario:
    """Steps of one call; most are one message sent or awaited.

    Args:
        number: The extension that is called; empty: sipp is called.
    """

    def __init__(self, number: str = "") -> None:
        self._steps: list[str] = []
        self._uri = f"sip:{number}@[remote_ip]:[remote_port]"
        self._variables: list[str] = []
        self._tag = ""

    # sipp calls

    def request(
        self,
        method: str,
        number: int,
        *,
        branch: str = "[branch]",
        to: str = "",
        headers: Sequence[str] = (),
        body: str = "",
        length: str = "[len]",
        wait: bool = True,
    ) -> Self:
        """Send a request.

        Args:
            method: INVITE, ACK, …
            number: Of its CSeq.
            branch: Of its Via, behind the cookie.
            to: Parameters of its To.
            headers: More of them.
            body: With its headers above, where it has one.
            length: Its Content-Length.
            wait: Send it again until it is answered.
        """
        branch = branch if branch.startswith("[") else f"z9hG4bK-[call_number]-{branch}"
        head = [
            f"{method} {self._uri} SIP/2.0",
            f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch};rport",
            "From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]sipp",
            f"To: <{self._uri}>{to}",
            "Call-ID: [call_id]",
            f"CSeq: {number} {method}",
            "Contact: <sip:sipp@[local_ip]:[local_port]>",
            "Max-Forwards: 70",
            *headers,
            f"Content-Length: {length}",
        ]
        return self._send(head, body, retransmit=wait and method != "ACK")

    def invite(self, number: int = 1, *, sdp: bool = True, **options: Any) -> Self:
        """Send an INVITE with an offer."""
        body = SDP.replace("[$version]", str(number)) if sdp else ""
        headers = ["Content-Type: application/sdp"] if sdp else []
        return self.request("INVITE", number, headers=headers, body=body, **options)

    def within(self, method: str, number: int, **options: Any) -> Self:
        """Send a request within the dialog."""
        return self.request(method, number, to="[peer_tag_param]", **options)

    # sipp is called

    def respond(
        self,
        status: int,
        *,
        tag: str = "",
        sdp: bool = False,
        headers: Sequence[str] = (),
        to: str = "last",
    ) -> Self:
        """Answer what came last.

        Args:
            status: 100 to 699.
            tag: To the To, where it has none yet.
            sdp: Whether with a description.
            headers: More of them.
            to: ``last``, or the name that :meth:`receive` kept the request's lines by.
        """
        tag = f";tag={tag}" if tag else ""
        lines = (
            ["[last_Via:]", "[last_From:]", f"[last_To:]{tag}", "[last_Call-ID:]", "[last_CSeq:]"]
            if to == "last"
            else [
                f"Via:[${to}Via]", f"From:[${to}From]", f"To:[${to}To]{tag}", "Call-ID: [call_id]",
                f"CSeq:[${to}CSeq]",
            ]
        )  # fmt: skip
        head = [f"SIP/2.0 {status} Said", *lines, "Contact: <sip:callee@[local_ip]:[local_port]>"]
        kind = ["Content-Type: application/sdp"] if sdp else []
        head += [*headers, *kind, "Content-Length: [len]"]
        return self._send(head, SDP.replace("[$version]", "1") if sdp else "")

    # both

    def receive(
        self,
        what: str | int,
        *,
        optional: bool = False,
        keep: str = "",
        within: float = 20.0,
        matching: str = "",
        challenge: bool = False,
    ) -> Self:
        """Wait for a response or a request.

        Args:
            what: A status, or a method.
            optional: It may be left out.
            keep: Keep Via, From, To and CSeq by this name, to respond later.
            within: Seconds; then the scenario fails.
            matching: What the whole message must match.
            challenge: Its challenge is to be answered.
        """
        kind = "response" if isinstance(what, int) else "request"
        more = ' optional="true"' if optional else f' timeout="{round(1000 * within)}"'
        if challenge:
            more += ' auth="true"'
        actions = ""
        for name in ("Via", "From", "To", "CSeq") if keep else ():
            self._variables.append(f"{keep}{name}")
            actions += (
                f'<ereg regexp=".*" search_in="hdr" header="{name}:" assign_to="{keep}{name}"/>'
            )
        if matching:
            name = f"matched{len(self._variables)}"
            self._variables.append(name)
            actions += (
                f'<ereg regexp="{matching}" search_in="msg" check_it="true" assign_to="{name}"/>'
            )
        action = f"<action>{actions}</action>" if actions else ""
        self._steps.append(f'<recv {kind}="{what}"{more}>{action}</recv>')
        return self

    def pause(self, seconds: float) -> Self:
        """Do nothing for a while."""
        self._steps.append(f'<pause milliseconds="{round(1000 * seconds)}"/>')
        return self

    def _send(self, head: Sequence[str], body: str, *, retransmit: bool = False) -> Self:
        again = ' retrans="500"' if retransmit else ""
        text = "\n".join([*head, "", body])
        self._steps.append(f"<send{again}><![CDATA[\n{text}\n]]></send>")
        return self

    def write(self, path: Path) -> None:
        """As sipp reads it."""
        names = ",".join(self._variables)
        reference = f'<Reference variables="{names}"/>' if names else ""
        steps = "\n".join(self._steps)
        path.write_text(
            '<?xml version="1.0" encoding="UTF-8" ?>\n'
            f'<scenario name="{path.stem}">\n{steps}\n{reference}</scenario>\n'
        )

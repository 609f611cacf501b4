"""One call of the phone: its session, its audio, and what happens to them."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.endpoint import DtmfMode
from switchroom.sdp.errors import SdpError
from switchroom.sip.client import NewCall
from switchroom.sip.dtmf_info import CONTENT_TYPE, body_of_digit, digit_of_info
from switchroom.sip.errors import LocalSipError
from switchroom.sip.events import EndReason, SessionEnded
from switchroom.sip.flow import Flow
from switchroom.sip.message import REASONS, Header
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session, SessionState
from switchroom.tools.phone.audio import CallAudio
from switchroom.tools.phone.report import Tone
from switchroom.tools.phone.transferring import Transferring

if TYPE_CHECKING:
    from switchroom.tools.phone.agent import UserAgent

DIGIT_DURATION = 0.1  #: seconds that a key is held
DIGIT_GAP = 0.1  #: seconds between two keys
OFFER_ATTEMPTS = 4  #: where offers cross (491) another is made a little later


class Call:
    """A call, ours or theirs.

    Attributes:
        audio: What is said and heard.
        answered: Whether it was answered; done when that is known.
        ended: How it ended; done when it did.

    Args:
        agent: Whose core, engine and settings it uses.
        flow: Where its session goes; its local host is where audio is bound.
        session: The received INVITE's; None for a call that we make.
    """

    def __init__(self, agent: UserAgent, flow: Flow, session: Session | None = None) -> None:
        loop = asyncio.get_running_loop()
        self._agent = agent
        self._report = agent.report
        self._flow = flow
        self._session = session
        self._dtmf = agent.settings.audio.dtmf
        self._answered_at: float | None = None
        self._offered: asyncio.Future[int] | None = None  # the status of our re-INVITE
        self._transferring: Transferring | None = None
        self.audio = CallAudio(agent.engine, agent.settings.audio, agent.report, flow.local[0])
        self.answered: asyncio.Future[bool] = loop.create_future()
        self.ended: asyncio.Future[SessionEnded] = loop.create_future()

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    @property
    def session(self) -> Session:
        """Its session, once there is one."""
        assert self._session is not None
        return self._session

    @property
    def is_transferred(self) -> bool:
        """Whether the other side went where we sent it."""
        outcome = self._transferring.outcome if self._transferring is not None else None
        return outcome is not None and outcome.done() and outcome.result() < 300

    # what the phone does

    async def dial(self, what: NewCall) -> None:
        """Open the audio, offer it and send the INVITE.

        Raises:
            MediaError: There is no port for the audio.
        """
        await self.audio.open()
        what = replace(what, sdp=self.audio.offer())
        self._session = self._agent.stack.invite(what, self._flow, now=self._now)
        self._agent.adopt(self._session, self)
        self._agent.pump()

    def ring(self) -> None:
        """Tell the caller that the phone rings."""
        self.session.provisional(180, now=self._now)
        self._agent.pump()

    async def answer(self) -> None:
        """Open the audio and accept the call; refuse it where its offer cannot be used.

        Raises:
            MediaError: There is no port for the audio.
        """
        session = self.session
        try:
            await self.audio.open(session.remote_sdp)
        except SdpError as error:
            self._report.tell("unusable", f"their offer cannot be used: {error}", tone=Tone.BAD)
            self.refuse(error.sip_status)
            return
        if session.state is SessionState.INCOMING:  # the caller may have given up meanwhile
            session.accept(self.audio.answer(session.remote_sdp), now=self._now)
            self._agent.pump()

    def refuse(self, status: int) -> None:
        """Refuse a call that waits for an answer."""
        if self.session.state is SessionState.INCOMING:
            self.session.refuse(status, now=self._now)
            self._agent.pump()

    def hang_up(self) -> None:
        """End it in the way that fits its state; harmless when it ended."""
        if self._session is not None and not self._session.is_ended:
            headers = [("Reason", "Q.850;cause=16")] if self._answered_at is not None else []
            self._session.end(now=self._now, headers=headers)
            self._agent.pump()

    async def send_digits(self, digits: str, *, pause: float) -> None:
        """Key digits, one after the other.

        Args:
            digits: Of ``0-9 * # A-D``, and ``w`` for a pause.
            pause: Seconds of a ``w``.
        """
        for digit in digits:
            if digit == "w":
                await asyncio.sleep(pause)
                continue
            if self._dtmf is DtmfMode.INFO:
                self._request("INFO", [CONTENT_TYPE], body_of_digit(digit, DIGIT_DURATION))
            else:
                self.audio.send_digit(digit, DIGIT_DURATION)
            await asyncio.sleep(DIGIT_DURATION + DIGIT_GAP)

    async def hold(self, *, on: bool) -> int:
        """Put the other side on hold, or take it back, by re-INVITE.

        Returns:
            The status that it got; 200 where it worked.
        """
        before, self.audio.is_holding = self.audio.is_holding, on
        status = 491
        for attempt in range(OFFER_ATTEMPTS):
            if attempt:
                # Who made the call waits longer (RFC 3261 §14.1).
                least = 2.1 if self._agent.stack.is_client(self.session) else 0.0
                await asyncio.sleep(least + random.uniform(0.01, 1.9))
            status = await self._offer_again()
            if status != 491:
                break
        if status >= 300:
            self.audio.is_holding = before
        return status

    async def _offer_again(self) -> int:
        self._offered = asyncio.get_running_loop().create_future()
        try:
            self.session.offer(self.audio.offer(), now=self._now)
        except LocalSipError:
            return 491  # one of theirs is open
        self._agent.pump()
        return await self._offered

    async def transfer(self, target: str) -> int:
        """Send the other side to ``target``, a SIP URI (RFC 3515, RFC 5589 §5).

        Returns:
            The status that they got there, or that refuses to try.
        """
        self._transferring = Transferring()
        local = self.session.dialog.local.uri
        self._request("REFER", [("Refer-To", f"<{target}>"), ("Referred-By", f"<{local}>")])
        return await self._transferring.outcome

    def _request(self, method: str, headers: list[Header], body: bytes = b"") -> None:
        if self.session.state is SessionState.CONFIRMED:
            more = (self._agent.stack.contact(self._flow), *headers)
            self.session.request_within(method, now=self._now, headers=more, body=body)
            self._agent.pump()

    # what the session tells

    def on_progress(self, status: int, sdp: str) -> None:
        """Our INVITE got a provisional response."""
        line = status_line(status)
        if sdp and self.audio.take_answer(sdp):
            self.audio.listen()
            text = f"they let us hear something already ({line})"
            self._report.tell("early-media", text, status=status)
        else:
            text = "it rings" if status == 180 else f"they say {line}"
            self._report.tell("ringing" if status == 180 else "progress", text, status=status)

    def on_answered(self, sdp: str) -> None:
        """Our INVITE was accepted."""
        if self.audio.take_answer(sdp):
            self._begin()
        else:
            self.hang_up()

    def on_acknowledged(self, sdp: str) -> None:
        """The ACK of our 200 came; it carries the answer where the offer was ours."""
        if (sdp or self.audio.agreement is None) and not self.audio.take_answer(sdp):
            self.hang_up()
        elif not self.answered.done():  # not of a re-INVITE
            self._begin()

    def _begin(self) -> None:
        self._answered_at = self._now
        assert self.audio.agreement is not None
        codec = self.audio.agreement.codec.name
        self._report.tell("answered", f"answered ({codec})", tone=Tone.GOOD, codec=codec)
        self.audio.listen()
        if not self.answered.done():
            self.answered.set_result(True)

    def on_offer(self, sdp: str) -> None:
        """A re-INVITE or UPDATE: answer it, or say why not."""
        session, now = self.session, self._now
        if not self.audio.is_open:
            session.refuse_offer(488, now=now)
            return
        try:
            has_changed = self.audio.take_offer(sdp) if sdp else False
        except SdpError as error:
            session.refuse_offer(error.sip_status, now=now)
            return
        session.answer_offer(self.audio.answer(sdp), now=now)
        if has_changed and self.audio.agreement is not None:
            direction = self.audio.agreement.direction
            held = direction in {"recvonly", "inactive"}
            text = "they put us on hold" if held else "they are back"
            self._report.tell("direction", text, direction=direction)

    def on_offer_outcome(self, status: int, sdp: str = "") -> None:
        """Our re-INVITE was answered or refused."""
        if status < 300 and not self.audio.take_answer(sdp):
            status = 488
        if self._offered is not None and not self._offered.done():
            self._offered.set_result(status)

    def on_request(self, incoming: IncomingRequest) -> None:
        """A request within the session."""
        request, now = incoming.request, self._now
        match request.method:
            case "INFO":
                body = request.body.decode("utf-8", "replace")
                digit = digit_of_info(request.get("content-type"), body)
                if digit is not None:
                    self.audio.hear_digit(digit)
                incoming.respond(200 if digit is not None or not body else 415, now=now)
            case "NOTIFY" if self._transferring is not None:
                incoming.respond(200, now=now)
                self._transferring.on_notify(request, self._report)
            case "OPTIONS":
                incoming.respond(200, now=now, headers=[self._agent.stack.allow])
            case _:
                incoming.respond(405, now=now, headers=[self._agent.stack.allow])

    def on_response(self, method: str, status: int) -> None:
        """A request of ours within the session was answered; 408: it was not."""
        if method == "REFER" and self._transferring is not None:
            self._transferring.on_response(status)
        elif status >= 300:
            text = f"they refuse {method}: {status_line(status)}"
            self._report.tell("request-refused", text, tone=Tone.BAD, method=method, status=status)

    def on_ended(self, event: SessionEnded) -> None:
        """The session is over."""
        self._tell_end(event)
        if not self.answered.done():
            self.answered.set_result(False)
        self.audio.hearing.on_call_ended()
        self.ended.set_result(event)
        if self._offered is not None and not self._offered.done():
            self._offered.set_result(487)
        if self._transferring is not None:
            self._transferring.on_ended()

    def _tell_end(self, event: SessionEnded) -> None:
        text = ending_text(event, self._flow)
        talked = 0.0
        if self._answered_at is not None:
            talked = self._now - self._answered_at
            text += f" after {talked:.1f} s"
        bad = event.reason in {EndReason.REFUSED, EndReason.TIMED_OUT}
        self._report.tell(
            "ended", text, tone=Tone.BAD if bad else Tone.PLAIN,
            reason=event.reason.name.lower(), status=event.status, cause=event.cause,
            seconds=round(talked, 3),
        )  # fmt: skip


def status_line(status: int) -> str:
    """``486 Busy Here``."""
    return f"{status} {REASONS.get(status, '')}".rstrip()


def ending_text(event: SessionEnded, flow: Flow) -> str:
    """Who ended a call, in words."""
    where = f"{flow.remote[0]}:{flow.remote[1]} over {flow.protocol.upper()}"
    line = status_line(event.status)
    match event.reason:
        case EndReason.REMOTE_BYE:
            return "they hung up" + (f" (cause {event.cause})" if event.cause else "")
        case EndReason.CANCELLED:
            return "the caller gave up"
        case EndReason.REFUSED:
            return "we gave up" if event.session.wants_cancel else f"refused: {line}"
        case EndReason.TIMED_OUT:
            return f"no connection to {where}" if event.status == 503 else f"no answer from {where}"
        case EndReason.LOCAL:
            return f"we refused: {line}" if event.status else "we hung up"

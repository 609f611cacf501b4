"""One SIP session as the driver of one channel."""

from __future__ import annotations

import dataclasses
import functools
import logging
import secrets
from typing import TYPE_CHECKING

from switchroom.channels.sip.added_headers import AddedHeaders
from switchroom.channels.sip.causes import cause_of_status, known_cause, status_of_cause
from switchroom.channels.sip.channel_items import channel_item
from switchroom.channels.sip.connected_line import hear_line, line_headers, tell_line
from switchroom.channels.sip.diverting import hear_diversion, tell_redirecting
from switchroom.channels.sip.endpoints.codecs import codecs_of, name_of, plan_of
from switchroom.channels.sip.endpoints.endpoint import DtmfMode, Endpoint
from switchroom.channels.sip.geolocation.sending import settle_location
from switchroom.channels.sip.holding import holds, note_hold
from switchroom.channels.sip.invitation import invitation_of
from switchroom.channels.sip.media.call_media import CallMedia
from switchroom.channels.sip.media.negotiating import Taken, agree_with
from switchroom.channels.sip.media.quality_texts import set_variables
from switchroom.channels.sip.media.reoffering import reoffer
from switchroom.channels.sip.media.securing import CallSecurity
from switchroom.channels.sip.media.watch import hear_media, watched
from switchroom.channels.sip.messages.texting import send_text
from switchroom.channels.sip.transfers.redirecting import follow
from switchroom.channels.sip.transfers.referring import send_elsewhere
from switchroom.media.api import Stream, StreamPlan
from switchroom.media.passages import Passage
from switchroom.pbx.channel import Channel, ChannelState, Progress
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.hangup_source import note_hangup_source
from switchroom.pbx.ringing import Ringback
from switchroom.pbx.technology import Indication, NoDriver
from switchroom.pbx.texting import ChannelText
from switchroom.sdp.errors import SdpError
from switchroom.sdp.negotiation import Agreement, Origin, write_answer, write_offer
from switchroom.sip.client import NewCall
from switchroom.sip.dtmf_info import CONTENT_TYPE, body_of_digit, digit_of_info
from switchroom.sip.events import EndReason, SessionEnded
from switchroom.sip.flow import Flow
from switchroom.sip.message import REASONS, Header, Request
from switchroom.sip.session import Session, SessionState
from switchroom.sip.uri import SipUri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

#: An INFO need not wait for the ACK of our answer.
ESTABLISHED = frozenset({SessionState.ACCEPTED, SessionState.CONFIRMED})


class SipChannelDriver(CallMedia):
    """Translates between a channel and its SIP session.

    Args:
        service: Whose core, engine and clock it uses.
        endpoint: The party.
        flow: Where its session goes; its local host is where media is bound.
        session: The received INVITE's; None for a call that we make.
        taken: What became of its offer; None for a call that we make.

    Raises:
        MediaError: The endpoint's certificate cannot be used.
    """

    channel: Channel

    def __init__(
        self,
        service: SipService,
        endpoint: Endpoint,
        flow: Flow,
        session: Session | None = None,
        taken: Taken | None = None,
    ) -> None:
        self._service = service
        self.endpoint = endpoint
        self._dtmf_mode = endpoint.dtmf_mode
        self.flow = flow
        self.session = session
        self.agreement = taken.agreement if taken is not None else None
        self.call: NewCall | None = None  #: what to send when dialled, its SDP still to be made
        self.alternatives: list[Flow] = []  #: to try when nobody answers over the first
        self.codecs = codecs_of(endpoint.codecs)  #: offered, best first
        self.passes_hold = endpoint.manners.passes_hold  #: it is held itself, and hears no music
        self.takes_transfers = endpoint.allows_transfer
        self.refusal = 0  #: the status that its INVITE is refused with; 0: as the cause says
        self._security = (
            taken.security
            if taken is not None
            else CallSecurity(endpoint.security, service.identities)
        )
        manners = endpoint.manners
        self._origin = Origin(
            int.from_bytes(secrets.token_bytes(6), "big"),
            owner=manners.sdp_owner,
            session=manners.sdp_session,
        )
        self._stream: Stream | None = None
        self._have_media()
        self.is_held = False  #: by the party
        self.has_rung = self._has_media = self._is_answered = self._is_noted = False
        self.redirections = 0
        self._ringback: Ringback | None = None  #: as a tone, where the party gets no 180
        self._offered = False
        self.reason = ""  #: why it ended, in the words of SIP: ``SIP 486 Busy Here``

    @property
    def now(self) -> float:
        """Seconds on the loop's clock."""
        return self._service.now

    @property
    def audio_format(self) -> str:
        """How its audio is coded: as agreed, or as it will be offered first."""
        if self.agreement is not None:
            return name_of(self.agreement.codec)
        return name_of(self.codecs[0]) if self.codecs else ""

    def stream_of(self, media: str) -> Stream | None:
        """Its stream of a kind of media; None where there is none."""
        return self._stream if media == "audio" else None

    @property
    def is_protected(self) -> bool:
        """Whether its audio is encrypted."""
        agreement = self.agreement
        return agreement is not None and (agreement.crypto or agreement.dtls) is not None

    def channel_item(self, name: str, further: str) -> str | None:
        """See :class:`~switchroom.pbx.technology.HasChannelItems`."""
        return channel_item(self, name, further)

    # what the channel asks for

    async def answer(self) -> None:
        """Open the audio and accept the INVITE."""
        self.stop_ringing()
        stream = await self.channel.stream()
        session = self.session
        self._is_answered = True
        endpoint = self.endpoint
        is_awaited = endpoint.media.timeout or endpoint.security.takes_time
        if self.agreement is not None and is_awaited:
            stream.update(self._plan(self.agreement))
        if session is not None and session.state is SessionState.INCOMING:
            headers = self._answer_headers()
            session.accept(self._description(stream), now=self.now, headers=headers)
            self._service.pump()

    def _answer_headers(self) -> list[Header]:
        """Whom the caller reached, and what the dialplan adds."""
        return [*line_headers(self), *self.channel.datastore(AddedHeaders).headers]

    def tell_connected_line(self) -> None:
        """See :class:`~switchroom.pbx.connected_line.TellsConnectedLine`."""
        tell_line(self)

    def tell_redirecting(self) -> None:
        """Tell the party that its call goes elsewhere: 181."""
        tell_redirecting(self)

    @property
    def service(self) -> SipService:
        """Whose it is."""
        return self._service

    @property
    def advertised_host(self) -> str:
        """What the party sees as our address."""
        return self._service.advertised(self.flow)[0]

    def pump(self) -> None:
        """Send what the core has to send."""
        self._service.pump()

    async def indicate(self, indication: Indication) -> None:
        """Send the provisional response, or the refusal, that says it."""
        session = self.session
        if session is None or session.state is not SessionState.INCOMING:
            return
        match indication:
            case Indication.RINGING if self._rings_by_tone:
                if not self._has_media:
                    await self._progress(session)
                self._ringback = self._ringback or Ringback(self.channel)
                self._ringback.start_now()
            case Indication.RINGING:
                if not self.has_rung:
                    self.has_rung = True
                    session.provisional(180, now=self.now, headers=self._answer_headers())
            case Indication.PROGRESS:
                self.stop_ringing()
                await self._progress(session)
            case Indication.BUSY:
                session.refuse(486, now=self.now)
            case Indication.CONGESTION:
                session.refuse(503, now=self.now)
            case Indication.PROCEEDING:
                pass  # 100 was sent when the INVITE came
        self._service.pump()

    @property
    def _rings_by_tone(self) -> bool:
        """Whether the caller hears that it rings: where he wants it, or hears something already."""
        after_media = self._has_media and not self._service.settings.general.ring_after_progress
        return self.endpoint.manners.rings_inband or after_media

    def stop_ringing(self) -> None:
        """Nobody rings any more: end the tone that said so, if there is one."""
        if self._ringback is not None:
            self._ringback.stop()

    async def _progress(self, session: Session) -> None:
        """Let the caller hear what there is before the answer."""
        stream = await self.channel.stream()
        if session.state is SessionState.INCOMING:
            self._has_media = True
            sdp, headers = self._description(stream), self._answer_headers()
            session.provisional(183, now=self.now, sdp=sdp, headers=headers)

    async def dial(self) -> None:
        """Open the audio, offer it and send the INVITE."""
        await settle_location(self)
        self._invite(await self.channel.stream())  # recorded: it stays down until it rings
        self._service.pump()

    def _invite(self, stream: Stream) -> None:
        assert self.call is not None
        what = invitation_of(self, self.call, self._offer(stream))
        self.session = self._service.stack.invite(what, self.flow, now=self.now)
        self.session.is_pinned = self.endpoint.rewrite_contact and not what.routes
        self._service.adopt(self.session, self)

    def _invite_elsewhere(self, event: SessionEnded) -> bool:
        """Call over the next flow where the first led to nobody (RFC 3263 §4.3)."""
        nobody = event.reason is EndReason.TIMED_OUT or event.status == 503
        is_dialling = self.channel.state is ChannelState.DOWN and not self.channel.is_hung_up
        if not (nobody and is_dialling and self.alternatives and self._stream is not None):
            return False
        self.flow = self.alternatives.pop(0)
        logger.info("%s: trying %s:%s", self.channel.name, *self.flow.remote)
        self._invite(self._stream)
        return True

    async def call_at(self, target: SipUri) -> None:
        """Send the INVITE again to where the party has sent it (302)."""
        call, stream, channel = self.call, self._stream, self.channel
        assert call is not None
        flows = await self._service.flows_to(str(target), transport=self.endpoint.transport)
        if channel.is_hung_up:
            return
        if not flows or stream is None:
            channel.hangup(HangupCause.NO_ROUTE_DESTINATION)
            return
        self.flow, *self.alternatives = flows
        self.call = dataclasses.replace(call, target=str(target), routes=())
        self._invite(stream)
        self.pump()

    def reoffer(self, *, by_update: bool = False, direction: str = "sendrecv") -> None:
        """Offer the party its session again, with the codecs as they are now."""
        if self.session is not None and self._stream is not None:
            sdp = self._offer(self._stream, direction)
            reoffer(self, sdp, by_update=by_update)

    async def open_stream(self) -> Stream:
        """Bind RTP on the address that the session runs over."""
        agreement = self.agreement
        if agreement is not None:
            plan = self._plan(agreement)
        else:
            first = self.codecs[0]
            plan = StreamPlan(first.name, first.payload_type, clock_rate=first.clock_rate)
            plan.ports = self.endpoint.media.ports
            plan = self._security.secured(plan, None)
        engine = self.channel.pbx.engine
        hear = functools.partial(hear_media, self.channel)
        host = self.endpoint.media_host if self.endpoint.manners.binds_media else ""
        self.channel.watch(self._on_progress)
        self._stream = await engine.open_stream(host or self.flow.local[0], plan, hear)
        return self._stream

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """As RFC 4733 event or tone through the engine, by INFO, or not at all."""
        session = self.session
        if self._dtmf_mode is DtmfMode.NONE:
            return
        if not self._sends_info:
            (await self.channel.stream()).send_digit(digit, duration=duration)
        elif session is not None and session.state in ESTABLISHED:
            body = body_of_digit(digit, duration)
            session.request_within("INFO", now=self.now, headers=[CONTENT_TYPE], body=body)
            self._service.pump()

    def _on_progress(self, progress: Progress) -> None:
        if progress is Progress.HUNG_UP:
            self.note_quality()

    def note_quality(self) -> None:
        """The call ends: leave in variables how well it was heard, once."""
        if self._stream is not None and not self._is_noted:
            self._is_noted = True
            set_variables(self.channel, self._stream)

    def hangup(self, cause: HangupCause) -> None:
        """End the session in the way that fits its state."""
        self._close_media()
        if self.session is not None and not self.session.is_ended:
            number = int(cause) or int(HangupCause.NORMAL_CLEARING)
            hides = self.endpoint.manners.hides_cause
            headers = [] if hides else [("Reason", f"Q.850;cause={number}")]
            self.session.end(
                now=self.now, status=self.refusal or status_of_cause(cause), headers=headers
            )
            is_ringing = self.channel.state is ChannelState.RINGING
            if is_ringing and self.session.state is SessionState.OUTGOING:
                device = f"{self.endpoint.technology}/{self.endpoint.name}"
                self._service.leaving.begin(self.session, device)
            self._service.pump()
        if self.session is not None:
            self.session.release()
        self.channel.driver = NoDriver(self.reason)

    # what the session tells

    def on_progress(self, status: int, sdp: str) -> None:
        """Our INVITE got a provisional response."""
        self._hear_response()
        if sdp and self._take_answer(sdp):
            self.channel.on_progress(Progress.EARLY_MEDIA)
        elif status in {180, 182}:
            self.channel.on_progress(Progress.RINGING)
        elif status == 181 and self.session is not None:
            hear_diversion(self, self.session.response)

    def on_answered(self, sdp: str) -> None:
        """Our INVITE was accepted."""
        self._is_answered = True
        self._hear_response()
        if self._take_answer(sdp):
            self.channel.on_progress(Progress.ANSWERED)
        else:
            self.channel.hangup(HangupCause.BEARERCAPABILITY_NOTAVAIL)

    def _hear_response(self) -> None:
        if self.session is not None and self.session.response is not None:
            hear_line(self, self.session.response)

    def on_updated(self, request: Request) -> None:
        """An UPDATE without an offer came."""
        hear_line(self, request)

    def on_offer_answered(self, sdp: str) -> None:
        """Our re-INVITE was accepted."""
        if sdp and not self.fax.is_on:
            self._take_answer(sdp)

    def on_acknowledged(self, sdp: str) -> None:
        """The ACK of our 200 came; it carries the answer where the offer was ours."""
        if self._offered and sdp and not self._take_answer(sdp):
            self.channel.hangup(HangupCause.BEARERCAPABILITY_NOTAVAIL)

    def take_offer(self, sdp: str) -> None:
        """An offer of audio, and perhaps of video: answer it, or say why not."""
        session = self.session
        assert session is not None
        if session.waiting_offer is not None:
            hear_line(self, session.waiting_offer.request)
        stream = self._stream
        if stream is None:
            session.refuse_offer(488, now=self.now)
            return
        if not sdp:
            session.answer_offer(self._offer(stream), now=self.now)
            return
        try:
            self.agreement = self._agree(sdp)
        except SdpError as error:
            session.refuse_offer(error.sip_status, now=self.now)
            return
        stream.update(self._plan(self.agreement))
        session.answer_offer(self._description(stream), now=self.now)
        note_hold(self, self.agreement)

    async def transfer(self, destination: str) -> int:
        """Have the party call somebody else; see ``Transfer()``."""
        return await send_elsewhere(self, destination)

    async def send_text(self, text: ChannelText) -> bool:
        """Send a text within the call; returns whether the party took it."""
        return await send_text(self.session, text, self)

    def on_info(self, content_type: str, body: str) -> bool:
        """Digits by INFO; returns whether it was understood."""
        digit = digit_of_info(content_type, body)
        if digit is None:
            return False
        self.channel.on_digit(digit)
        return True

    def on_ended(self, event: SessionEnded) -> None:
        """The session is over."""
        if self._invite_elsewhere(event):
            return
        is_redirected = event.reason is EndReason.REFUSED and 300 <= event.status < 400
        if is_redirected and self.session is not None and follow(self, self.session.response):
            return
        self.on_offer_settled("")
        if event.reason is EndReason.REFUSED:
            self.reason = f"SIP {event.status} {REASONS.get(event.status, '')}".rstrip()
            cause = known_cause(event.cause) if event.cause else cause_of_status(event.status)
        elif event.reason is EndReason.TIMED_OUT:
            cause = HangupCause.NO_USER_RESPONSE
        else:
            cause = known_cause(event.cause)
        busy = event.reason is EndReason.REFUSED and event.status in {486, 600}
        if busy:
            self.channel.on_progress(Progress.BUSY, cause)
        if event.reason is not EndReason.LOCAL:
            note_hangup_source(self.channel, self.channel.name)
            self.channel.hangup(cause)

    # descriptions

    def _description(self, stream: Stream) -> str:
        hosts, port = self.media_addresses(stream)
        if self.session is None or self.agreement is None or not self.session.remote_sdp:
            return self._offer(stream)
        offer, agreement = self.session.remote_sdp, self.agreement
        answer = write_answer(offer, agreement, self._origin, host=hosts[0], port=port)
        answer = self._security.answer(answer, agreement, hosts, port)
        return self.video.answer(offer, answer)

    def _offer(self, stream: Stream, direction: str = "sendrecv") -> str:
        self._offered = True
        hosts, port = self.media_addresses(stream)
        offer = write_offer(
            self.codecs, self._origin, host=hosts[0], port=port,
            use_events=self._uses_events, direction=direction,
        )  # fmt: skip
        return self._in_order(self.video.offer(self._security.offer(offer, hosts, port)))

    def _agree(self, sdp: str, *, is_answer: bool = False) -> Agreement:
        agreement = agree_with(
            self.endpoint, self.codecs, sdp, use_events=self._uses_events, is_answer=is_answer
        )
        (self._security.take_answer if is_answer else self._security.take_offer)(agreement)
        return agreement

    def _plan(self, agreement: Agreement) -> StreamPlan:
        policy = self.endpoint.media
        plan = plan_of(
            agreement,
            symmetric=self.endpoint.rtp_symmetric,
            keep_alive=policy.keep_alive,
            hears_tones=self._hears_tones,
        )
        plan.ports = policy.ports
        plan.tos, plan.priority = policy.tos_audio, policy.priority_audio
        plan = self._security.secured(plan, agreement)
        return watched(plan, policy, is_held=holds(agreement)) if self._awaits_audio else plan

    def media_addresses(self, stream: Stream | Passage) -> tuple[list[str], int]:
        """Where the party is told to send audio to; what it is shown in the first place first."""
        host, port = stream.local_address
        shown = self.endpoint.media_host or self._service.public.media(self.flow, host)
        return list(dict.fromkeys((shown, host))), port

    def _take_answer(self, sdp: str) -> bool:
        try:
            self.agreement = self._agree(sdp, is_answer=True)
        except SdpError as error:
            logger.warning("%s answers with SDP we cannot use: %s", self.channel.name, error)
            return False
        if self._stream is not None:
            self._stream.update(self._plan(self.agreement))
        self.video.take_answer(sdp, is_final=self._is_answered)
        return True

"""What a SIP call has besides its audio: video, fax, and offers of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.endpoint import WITH_EVENTS, DtmfMode, Endpoint
from switchroom.channels.sip.media.direct_media import DirectMedia
from switchroom.channels.sip.media.fax import CallFax
from switchroom.channels.sip.media.offers import OwnOffers
from switchroom.channels.sip.media.video import CallVideo
from switchroom.media.api import Stream, StreamPlan
from switchroom.media.dtls.identities import Identities
from switchroom.media.passages import Carries, Passage, PassagePlan
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.bridging.passages import connect_passages, passages_changed
from switchroom.pbx.channel import Channel
from switchroom.sdp.negotiation import Agreement, Origin, session_head
from switchroom.sdp.sections import arranged, read_sections
from switchroom.sip.client import NewCall
from switchroom.sip.flow import Flow
from switchroom.sip.session import Session

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService


class CallMedia(ABC):
    """The half of a SIP channel's driver that knows its media; the other has the session."""

    channel: Channel
    endpoint: Endpoint
    flow: Flow
    session: Session | None
    agreement: Agreement | None  #: about its audio
    video: CallVideo
    fax: CallFax
    direct: DirectMedia
    call: NewCall | None  #: what was sent where the call is ours
    _dtmf_mode: DtmfMode
    is_held: bool
    _service: SipService
    _origin: Origin
    _stream: Stream | None
    _offers: OwnOffers
    _is_answered: bool

    def _have_media(self) -> None:
        self.video = CallVideo(self)
        self.fax = CallFax(self)
        self._offers = OwnOffers()
        self.direct = DirectMedia(self)

    def _close_media(self) -> None:
        self.video.close()
        self.fax.close()

    @property
    def _now(self) -> float:
        return self._service.now

    @property
    def identities(self) -> Identities:
        """The certificates of the node."""
        return self._service.identities

    @abstractmethod
    def media_addresses(self, stream: Stream | Passage) -> tuple[list[str], int]:
        """Where the party is told to send to; what it is to see in the first place first."""

    @abstractmethod
    def _plan(self, agreement: Agreement) -> StreamPlan:
        """What the engine is told of an agreement about audio."""

    @abstractmethod
    def _offer(self, stream: Stream, direction: str = "sendrecv") -> str:
        """An offer of what the call has."""

    @abstractmethod
    def _take_answer(self, sdp: str) -> bool:
        """Go by an answer to such an offer; returns whether that can be."""

    @abstractmethod
    def take_offer(self, sdp: str) -> None:
        """An offer of audio, and perhaps of video: answer it, or say why not."""

    def on_offer(self, sdp: str) -> None:
        """A re-INVITE or UPDATE: answer it, or say why not."""
        self.direct.end_for_other()
        if self.fax.concerns(sdp):
            self.channel.pbx.spawn(self._take_fax(sdp), name=self.channel.name)
        else:
            self.take_offer(sdp)
            peer = self.peer()
            if peer is not None:
                self.direct.joined(peer)  # who took a held call back, for example

    async def _take_fax(self, sdp: str) -> None:
        await self.fax.take(sdp)  # which knows this call weakly: it is kept until that is settled

    def _in_order(self, offer: str) -> str:
        """Our offer with its sections where they have been in the call until now."""
        known = self.session.remote_sdp if self.session is not None else ""
        return arranged(offer, read_sections(known)) if known else offer

    @property
    def itself(self) -> CallMedia:
        """Also through a weak reference."""
        return self

    @property
    @abstractmethod
    def is_protected(self) -> bool:
        """Whether its audio is encrypted."""

    def watch_use(self, told: Callable[[], None] | None) -> None:
        """Call ``told`` before anybody here uses the audio; None: nobody cares."""
        if self._stream is not None:
            self._stream.on_use = told

    def on_joined(self, other: object) -> None:
        """See :class:`~switchroom.pbx.bridging.passages.HearsOfBridge`."""
        if isinstance(other, CallMedia):
            self.direct.joined(other)

    def on_parted(self) -> None:
        """See :class:`~switchroom.pbx.bridging.passages.HearsOfBridge`."""
        self.direct.end()

    @property
    def dtmf_mode(self) -> DtmfMode:
        """How its digits travel, as the dialplan may have changed it."""
        return self._dtmf_mode

    @dtmf_mode.setter
    def dtmf_mode(self, mode: DtmfMode) -> None:
        self._dtmf_mode = mode
        if self._stream is not None and self.agreement is not None:
            self._stream.update(self._plan(self.agreement))

    @property
    def _uses_events(self) -> bool:
        return self._dtmf_mode in WITH_EVENTS

    @property
    def _sends_info(self) -> bool:
        """Whether digits go by INFO: always, or since the party knows no events."""
        if self._dtmf_mode is DtmfMode.AUTO_INFO:
            return self.agreement is not None and self.agreement.telephone_event is None
        return self._dtmf_mode is DtmfMode.INFO

    @property
    def _hears_tones(self) -> bool:
        """Whether its digits come as tones: always, or since the party knows no events."""
        if self._dtmf_mode is DtmfMode.AUTO:
            return self.agreement is not None and self.agreement.telephone_event is None
        return self._dtmf_mode is DtmfMode.INBAND

    @property
    def video_format(self) -> str:
        """See :class:`~switchroom.pbx.technology.HasVideoFormat`."""
        return self.video.codec

    @property
    def passages(self) -> Mapping[str, Passage]:
        """See :class:`~switchroom.pbx.bridging.passages.HasPassages`."""
        found = (("video", self.video.passage), ("image", self.fax.passage))
        return {kind: passage for kind, passage in found if passage is not None}

    def peer(self) -> CallMedia | None:
        """The call that this one is alone in a bridge with, where that is one by SIP."""
        party = party_of(self.channel)
        bridge = party.bridge if party is not None else None
        is_pair = bridge is not None and len(bridge.parties) == 2
        peer = party.peer if party is not None and is_pair else None
        driver: object = peer.channel.driver if peer is not None else None
        return driver if isinstance(driver, CallMedia) else None

    def open_passage(self, plan: PassagePlan) -> Passage:
        """Bind a socket where the session runs.

        Raises:
            MediaError: There is no free port.
        """
        is_fax = plan.carries is Carries.DATAGRAMS
        manners, policy = self.endpoint.manners, self.endpoint.media
        is_bound = policy.binds_fax if is_fax else manners.binds_media
        host = self.endpoint.media_host if is_bound else ""
        return self.channel.pbx.engine.open_passage(host or self.flow.local[0], plan)

    def passages_changed(self) -> None:
        """Connect what this call and its peer have both, now that it is another."""
        peer = self.peer()
        if peer is not None:
            connect_passages(self.channel, peer.channel)
        else:
            passages_changed(self.channel)

    def media_changed(self) -> None:
        """Something besides the agreement decides anew what is awaited of the audio."""
        if self._stream is not None and self.agreement is not None:
            self._stream.update(self._plan(self.agreement))

    def description_head(self) -> str:
        """The lines above the sections of our next description."""
        host = self.endpoint.media_host
        host = host or self._service.public.media(self.flow, self.flow.local[0])
        return "".join(f"{line}\r\n" for line in session_head(self._origin, host))

    @property
    def _awaits_audio(self) -> bool:
        return self._is_answered and not (self.fax.is_on or self.direct.is_on)

    async def offer_again(self, sdp: str) -> str:
        """Make an offer within the call; the answer, empty where it is refused."""
        return await self._offers.make(self.session, sdp, now=self._now, sent=self._service.pump)

    async def offer_audio(self) -> None:
        """Offer audio as at the beginning of the call, and take the answer."""
        answer = await self.offer_again(self._offer(await self.channel.stream()))
        if answer:
            self._take_answer(answer)

    def answer_offer(self, sdp: str) -> None:
        """Answer the party's offer, if it still waits."""
        if self.session is not None and self.session.waiting_offer is not None:
            self.session.answer_offer(sdp, now=self._now)
            self._service.pump()

    def refuse_offer(self, status: int) -> None:
        """Refuse the party's offer, if it still waits."""
        if self.session is not None and self.session.waiting_offer is not None:
            self.session.refuse_offer(status, now=self._now)
            self._service.pump()

    @property
    def waits_for_answer(self) -> bool:
        """Whether somebody waits for the answer to an offer of ours."""
        return self._offers.is_open

    def on_offer_settled(self, sdp: str) -> None:
        """Our offer was answered; empty: it was refused."""
        self._offers.settle(sdp)

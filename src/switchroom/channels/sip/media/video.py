"""The video of one call: negotiated with each party by itself, passed on as it comes."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.channels.sip.media.keys import SectionKeys
from switchroom.channels.sip.media.party_path import PartyPath
from switchroom.media.api import Direction
from switchroom.media.passages import Carries, Passage, PassagePlan
from switchroom.sdp.crypto import Crypto, choose
from switchroom.sdp.description import parse_description
from switchroom.sdp.dtls import DtlsTerms, Setup, read_terms
from switchroom.sdp.errors import NotAcceptableError
from switchroom.sdp.ice import IceTerms
from switchroom.sdp.negotiation import Keying, Secrecy
from switchroom.sdp.sections import Section, read_sections, with_section
from switchroom.sdp.video import VideoFormat, is_video, video_formats, video_lines

if TYPE_CHECKING:
    from switchroom.channels.sip.media.call_media import CallMedia

logger = logging.getLogger(__name__)

MID = "video-0"  #: what we call our section of video
REACH_TIMEOUT = 30.0  #: seconds, as for audio; the call goes on without it

#: What ``allow`` calls the video codecs.
NAMES = MappingProxyType(
    {
        "vp8": "VP8", "vp9": "VP9", "h264": "H264", "h265": "H265",
        "h263p": "H263-1998", "h263": "H263",
    }
)  # fmt: skip


def video_names(codecs: Collection[str]) -> frozenset[str]:
    """The encoding names of the video codecs among what ``allow`` names."""
    return frozenset(NAMES[each] for each in codecs if each in NAMES)


@dataclass(frozen=True, slots=True)
class Terms:
    """How their section is protected and reached; in the clear without keys or a handshake."""

    crypto: Crypto | None
    dtls: DtlsTerms | None
    ice: IceTerms | None
    mid: str  #: what they call it in groups


class CallVideo:
    """Belongs to one call; without video it does nothing.

    Args:
        driver: The call.
    """

    def __init__(self, driver: CallMedia) -> None:
        endpoint = driver.endpoint
        self._driver: CallMedia = weakref.proxy(driver)  # which ends with the call
        self._ports = endpoint.media.ports
        self._allowed = video_names(endpoint.codecs) if endpoint.media.video else frozenset()
        self._policy = security = endpoint.security
        self._keys = SectionKeys(
            security.secrecy if security.keying is Keying.SDES else Secrecy.NONE,
            short_tags=security.short_tags,
        )
        self._path = PartyPath(security, driver.identities) if self._allowed else None
        self._formats: tuple[VideoFormat, ...] = ()  # agreed, or to be offered
        self._caller: CallVideo | None = None
        self._limit: Collection[str] | None = None  # what a called party answered with
        self.passage: Passage | None = None

    @property
    def codec(self) -> str:
        """What configurations call the agreed codec; empty where there is no video."""
        if self.passage is None or not self._formats:
            return ""
        return next(name for name, known in NAMES.items() if known == self._formats[0].name)

    # calls that we make

    def follow(self, caller: CallVideo) -> None:
        """A call is made for somebody: offer the video that he has, as far as it is allowed."""
        self._caller = caller
        theirs = caller.offered()
        self._formats = tuple(each for each in theirs if each.name in self._allowed)

    def offered(self) -> tuple[VideoFormat, ...]:
        """What this call's party can send and see, as far as it is allowed."""
        session = self._driver.session
        if not self._allowed or session is None or not session.remote_sdp:
            return ()
        for section in read_sections(session.remote_sdp):
            if is_video(section):
                return video_formats(section, self._allowed)
        return ()

    def offer(self, ours: str) -> str:
        """An offer of ours with video, where there is any to offer."""
        if not self._formats or not self._open():
            return ours
        assert self.passage is not None
        assert self._path is not None
        policy = self._policy
        more = [each.line() for each in self._keys.offered()]
        more += self._path.offered(*self._driver.media_addresses(self.passage))
        more += self._names(MID) if policy.bundles else ()
        lines = video_lines(
            self._port,
            self._formats,
            protocol=policy.protocol if policy.shakes_hands else self._keys.protocol,
            rtcp_mux=policy.rtcp_mux,
            more=more,
        )
        return with_section(ours, len(read_sections(ours)), lines)

    def take_answer(self, theirs: str, *, is_final: bool) -> None:
        """The party answered our offer.

        Args:
            theirs: Its description.
            is_final: Whether the call was accepted by it: the caller gets no other video then.
        """
        if self.passage is None:
            return
        for index, section in enumerate(read_sections(theirs)):
            if is_video(section):
                self._take(section, self._terms(theirs, index, section))
                break
        else:
            self.close()
        if is_final and self._caller is not None:
            self._caller.limit({each.name for each in self._formats} if self.passage else ())

    def _take(self, section: Section, terms: Terms | None) -> None:
        if terms is None or self._path is None:
            self.close()
            return
        try:
            self._path.take_answer(terms.dtls, terms.ice)
        except NotAcceptableError as error:
            logger.warning("%s goes without video: %s", self._driver.channel.name, error)
            self.close()
            return
        self._formats = video_formats(section, self._allowed)
        self._use(section, terms)

    def limit(self, names: Collection[str]) -> None:
        """Let the answer to this call's party name no other codecs than these."""
        self._limit = names

    # calls that come in, and offers within calls

    def answer(self, theirs: str, ours: str) -> str:
        """Our answer with the video that was offered, where it is wanted.

        Args:
            theirs: The offer.
            ours: The answer so far, with all video refused.
        """
        if not self._allowed:
            return ours
        for index, section in enumerate(read_sections(theirs)):
            if is_video(section):
                return self._answer(index, section, self._terms(theirs, index, section), ours)
        self.close()  # it was taken out
        return ours

    def _answer(self, index: int, section: Section, terms: Terms | None, ours: str) -> str:
        formats = video_formats(section, self._allowed)
        if self._limit is not None:
            formats = tuple(each for each in formats if each.name in self._limit)
        if terms is None or self._path is None or not formats or not self._open():
            self.close()
            return ours
        assert self.passage is not None
        self._formats = formats
        self._path.take_offer(terms.dtls, terms.ice)
        self._use(section, terms)
        key, _ = self._keys.agreed(terms.crypto)
        is_muxed = self._muxes(section)
        hosts, port = self._driver.media_addresses(self.passage)
        more = [key.line()] if key is not None else []
        more += self._path.answered(terms.dtls, terms.ice, hosts, port, is_muxed=is_muxed)
        more += self._names(terms.mid) if terms.mid and self._policy.bundles else ()
        lines = video_lines(
            port, formats, protocol=section.protocol, direction=section.mirrored,
            rtcp_mux=is_muxed, more=more,
        )  # fmt: skip
        return with_section(ours, index, lines)

    # both

    def _terms(self, theirs: str, index: int, section: Section) -> Terms | None:
        """How a section is protected and reached; None: not as the endpoint asks for."""
        policy, media = self._policy, parse_description(theirs).media[index]
        crypto, dtls = None, None
        try:
            if policy.shakes_hands:
                allows_weak = policy.keying is Keying.DTLS_WEAK
                dtls = read_terms(media.fingerprints, media.setup, allows_weak=allows_weak)
            elif policy.secrecy is not Secrecy.NONE:
                crypto = choose(section.values("crypto"))
        except NotAcceptableError:
            return None
        is_protected = crypto is not None or dtls is not None
        is_asked_for = policy.secrecy is Secrecy.REQUIRED or "SAVP" in section.protocol
        if (is_asked_for and not is_protected) or (dtls and dtls.setup is Setup.HOLDCONN):
            return None
        return Terms(crypto, dtls, media.ice if policy.uses_ice else None, media.mid)

    def _names(self, mid: str) -> tuple[str, ...]:
        # Its own port: browsers that would have all on one port send us video beside it.
        return f"a=mid:{mid}", f"a=msid:switchroom {MID}"

    def _muxes(self, section: Section) -> bool:
        return self._policy.rtcp_mux and "rtcp-mux" in section.attributes

    def _open(self) -> bool:
        """Have a socket; returns whether there is one."""
        if self.passage is None:
            driver = self._driver
            dtls, ice = self._path.early() if self._path is not None else (None, None)
            protection = self._keys.unanswered()
            plan = PassagePlan(
                Carries.VIDEO, protection=protection, dtls=dtls, ice=ice, ports=self._ports
            )
            try:
                self.passage = driver.open_passage(plan)
            except MediaError as error:
                logger.warning("%s goes without video: %s", driver.channel.name, error)
        return self.passage is not None

    @property
    def _port(self) -> int:
        assert self.passage is not None
        return self.passage.local_address[1]

    def _use(self, section: Section, terms: Terms) -> None:
        assert self.passage is not None
        assert self._path is not None
        dtls, ice = self._path.agreed(terms.dtls, terms.ice)
        policy = self._driver.endpoint.media
        is_held = section.host == "0.0.0.0"  # read, not bound
        self.passage.update(
            PassagePlan(
                Carries.VIDEO,
                (section.host, section.port) if section.host and not is_held else None,
                {each.name: each.payload_type for each in self._formats},
                Direction(section.mirrored),
                symmetric=self._driver.endpoint.rtp_symmetric,
                rtcp_mux=self._muxes(section),
                tos=policy.tos_video,
                priority=policy.priority_video,
                protection=self._keys.agreed(terms.crypto)[1],
                dtls=dtls,
                ice=ice,
                reach_timeout=REACH_TIMEOUT if dtls or ice else None,
            )
        )
        self._driver.passages_changed()

    def close(self) -> None:
        """There is no video, or no more."""
        self._formats = ()
        if self.passage is not None:
            self.passage.close()
            self.passage = None

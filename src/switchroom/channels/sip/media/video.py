"""The video of one call: negotiated with each party by itself, passed on as it comes."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Collection
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.channels.sip.media.section_keys import SectionKeys
from switchroom.media.api import Direction
from switchroom.media.passages import Carries, Passage, PassagePlan
from switchroom.sdp.crypto import Crypto, choose
from switchroom.sdp.negotiation import Secrecy
from switchroom.sdp.sections import Section, read_sections, with_section
from switchroom.sdp.video import VideoFormat, is_video, video_formats, video_lines

if TYPE_CHECKING:
    from switchroom.channels.sip.media.call_media import CallMedia

logger = logging.getLogger(__name__)

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


class CallVideo:
    """Belongs to one call; without video it does nothing.

    Args:
        driver: The call.
    """

    def __init__(self, driver: CallMedia) -> None:
        endpoint = driver.endpoint
        self._driver: CallMedia = weakref.proxy(driver)  # which ends with the call
        is_plain = not (endpoint.security.shakes_hands or endpoint.security.uses_ice)
        is_wanted = endpoint.media.video and is_plain  # handshakes and checks are for audio
        self._allowed = video_names(endpoint.codecs) if is_wanted else frozenset()
        security = endpoint.security
        self._keys = SectionKeys(security.secrecy, short_tags=security.short_tags)
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
        keys = self._keys.offered()
        lines = video_lines(
            self._port, self._formats, crypto=keys, protocol=self._keys.protocol,
            rtcp_mux=self._driver.endpoint.security.rtcp_mux,
        )  # fmt: skip
        return with_section(ours, len(read_sections(ours)), lines)

    def take_answer(self, theirs: str, *, is_final: bool) -> None:
        """The party answered our offer.

        Args:
            theirs: Its description.
            is_final: Whether the call was accepted by it: the caller gets no other video then.
        """
        if self.passage is None:
            return
        section = next((each for each in read_sections(theirs) if is_video(each)), None)
        crypto = choose(section.values("crypto")) if section is not None else None
        if section is None or not self._is_fit(section, crypto):
            self.close()
        else:
            self._formats = video_formats(section, self._allowed)
            self._use(section, crypto)
        if is_final and self._caller is not None:
            self._caller.limit({each.name for each in self._formats} if self.passage else ())

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
                return self._answer(index, section, ours)
        self.close()  # it was taken out
        return ours

    def _answer(self, index: int, section: Section, ours: str) -> str:
        formats = video_formats(section, self._allowed)
        if self._limit is not None:
            formats = tuple(each for each in formats if each.name in self._limit)
        crypto = choose(section.values("crypto"))
        if not formats or not self._is_fit(section, crypto) or not self._open():
            self.close()
            return ours
        self._formats = formats
        self._use(section, crypto)
        key, _ = self._keys.agreed(crypto)
        lines = video_lines(
            self._port, formats, protocol=section.protocol, direction=section.mirrored,
            crypto=[key] if key is not None else [], rtcp_mux=self._muxes(section),
        )  # fmt: skip
        return with_section(ours, index, lines)

    # both

    def _is_protected(self, crypto: Crypto | None) -> bool:
        return crypto is not None and self._keys.secrecy is not Secrecy.NONE

    def _is_fit(self, section: Section, crypto: Crypto | None) -> bool:
        """Whether its protection is what the endpoint asks for."""
        if "SAVP" in section.protocol and not self._is_protected(crypto):
            return False
        return self._keys.secrecy is not Secrecy.REQUIRED or crypto is not None

    def _muxes(self, section: Section) -> bool:
        return self._driver.endpoint.security.rtcp_mux and "rtcp-mux" in section.attributes

    def _open(self) -> bool:
        """Have a socket; returns whether there is one."""
        if self.passage is None:
            driver = self._driver
            plan = PassagePlan(Carries.VIDEO, protection=self._keys.unanswered())
            try:
                self.passage = driver.open_passage(plan)
            except MediaError as error:
                logger.warning("%s goes without video: %s", driver.channel.name, error)
        return self.passage is not None

    @property
    def _port(self) -> int:
        assert self.passage is not None
        return self.passage.local_address[1]

    def _use(self, section: Section, crypto: Crypto | None) -> None:
        assert self.passage is not None
        is_held = section.host == "0.0.0.0"  # read, not bound
        self.passage.update(
            PassagePlan(
                Carries.VIDEO,
                (section.host, section.port) if section.host and not is_held else None,
                {each.name: each.payload_type for each in self._formats},
                Direction(section.mirrored),
                symmetric=self._driver.endpoint.rtp_symmetric,
                rtcp_mux=self._muxes(section),
                protection=self._keys.agreed(crypto)[1],
            )
        )
        self._driver.passages_changed()

    def close(self) -> None:
        """There is no video, or no more."""
        self._formats = ()
        if self.passage is not None:
            self.passage.close()
            self.passage = None

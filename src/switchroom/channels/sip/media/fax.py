"""Fax in a call: a party goes over to T.38, and so does who it talks with; both, or neither."""

from __future__ import annotations

import logging
import weakref
from enum import StrEnum
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.media.passages import Carries, Passage, PassagePlan
from switchroom.pbx.fax.t38 import TERMS, FaxEnd, FaxPorts
from switchroom.sdp.description import parse_description
from switchroom.sdp.errors import SdpError
from switchroom.sdp.sections import Section, read_sections, with_section
from switchroom.sdp.t38 import ERROR_CORRECTION, fax_index, fax_lines, fax_terms

if TYPE_CHECKING:
    from switchroom.channels.sip.media.call_media import CallMedia

logger = logging.getLogger(__name__)


class FaxState(StrEnum):
    """Where a call stands; the values are those of ``CHANNEL(pjsip,t38state)``."""

    DISABLED = "DISABLED"
    LOCAL_REINVITE = "LOCAL_REINVITE"  #: we asked the party
    REMOTE_REINVITE = "REMOTE_REINVITE"  #: it asked us
    ENABLED = "ENABLED"
    REJECTED = "REJECTED"


class CallFax:
    """Belongs to one call.

    Args:
        driver: The call.
    """

    def __init__(self, driver: CallMedia) -> None:
        self._driver: CallMedia = weakref.proxy(driver)  # which ends with the call
        self.state: FaxState = FaxState.DISABLED
        self.passage: Passage | None = None
        self.ends_here: FaxEnd | None = None  #: takes fax where no other party does

    @property
    def is_allowed(self) -> bool:
        """Whether the party's endpoint may have it."""
        return self._driver.endpoint.media.fax

    @property
    def is_on(self) -> bool:
        """Whether the party's audio is replaced by fax."""
        return self.state is FaxState.ENABLED

    # what the party asks for

    def concerns(self, offer: str) -> bool:
        """Whether an offer within the call turns fax on, or off again."""
        if "m=image" not in offer and not self.is_on:
            return False
        try:
            parse_description(offer)
        except SdpError:
            return False
        return self.is_on or fax_index(read_sections(offer)) is not None

    async def take(self, offer: str) -> None:
        """Answer such an offer by what the other party says to it."""
        index = fax_index(read_sections(offer))
        if index is None:
            await self._end(offer)
        elif not await self._begin(offer, index):
            self.state = FaxState.REJECTED
            self.close()
            self._driver.refuse_offer(488)

    async def _begin(self, offer: str, index: int) -> bool:
        """Returns whether both parties go over to fax."""
        driver, peer = self._driver.itself, self._driver.peer()
        if self.ends_here is not None:
            return self._take_here(offer, index, self.ends_here)
        if peer is None or not driver.endpoint.media.fax or not self.open():
            return False
        self.state = FaxState.REMOTE_REINVITE
        section = read_sections(offer)[index]
        found = await peer.fax.ask(fax_terms(section))
        if found is None or driver.channel.is_finished:
            return False
        self.state = FaxState.ENABLED
        self.use(section)
        driver.answer_offer(self._answer(offer, index, fax_terms(found)))
        driver.passages_changed()
        logger.info("%s and %s: fax by T.38", driver.channel.name, peer.channel.name)
        return True

    def _take_here(self, offer: str, index: int, end: FaxEnd) -> bool:
        """An application takes it; returns whether it may."""
        if not self.is_allowed or not self.open():
            return False
        section = read_sections(offer)[index]
        self.state = FaxState.ENABLED
        self.use(section)
        self._driver.answer_offer(self._answer(offer, index, list(TERMS)))
        end.begin(section)
        return True

    def _answer(self, offer: str, index: int, terms: list[str]) -> str:
        answer = self._driver.description_head()
        for at, section in enumerate(read_sections(offer)):
            lines = self._lines(terms) if at == index else [section.refused]
            answer = with_section(answer, at, lines)
        return answer

    async def _end(self, offer: str) -> None:
        """Back to audio, the other party first."""
        driver, peer = self._driver.itself, self._driver.peer()
        if peer is not None and peer.fax.is_on:
            peer.fax.stop()
            await peer.offer_audio()
        if driver.session is None or driver.session.waiting_offer is None:
            return  # the party has hung up meanwhile
        self.stop()
        if self.ends_here is not None:
            self.ends_here.end()
        driver.take_offer(offer)

    # what is asked of the party

    async def ask(self, terms: list[str]) -> Section | None:
        """Ask the party to go over to fax; returns its section, None where it does not."""
        driver = self._driver.itself
        if not driver.endpoint.media.fax or self.is_on or not self.open():
            return None
        self.state = FaxState.LOCAL_REINVITE
        answer = await driver.offer_again(self._offer(terms))
        sections = read_sections(answer) if answer else []
        index = fax_index(sections)
        if index is None or driver.channel.is_finished:
            self.state = FaxState.REJECTED
            self.close()
            return None
        self.state = FaxState.ENABLED
        self.use(sections[index])
        return sections[index]

    def _offer(self, terms: list[str]) -> str:
        """Fax in the place of audio, all else refused."""
        driver = self._driver
        session = driver.session
        known = read_sections(session.remote_sdp) if session is not None else []
        places = [at for at, each in enumerate(known) if each.kind in {"audio", "image"}] or [0]
        offer = driver.description_head()
        for at in range(max(len(known), 1)):
            lines = self._lines(terms) if at == places[0] else [known[at].refused]
            offer = with_section(offer, at, lines)
        return offer

    async def leave(self) -> None:
        """See :class:`~switchroom.pbx.fax.t38.T38Party`."""
        if self.is_on and not self._driver.channel.is_finished:
            self.stop()
            await self._driver.offer_audio()

    # both

    def _lines(self, terms: list[str]) -> list[str]:
        assert self.passage is not None
        media = self._driver.endpoint.media
        return fax_lines(
            self.passage.local_address[1],
            terms,
            max_datagram=media.fax_datagram,
            error_correction=ERROR_CORRECTION[media.fax_correction],
        )

    def open(self) -> bool:
        """Have a socket; returns whether there is one."""
        if self.passage is None:
            driver = self._driver
            ports = driver.channel.pbx.datastore(FaxPorts).range
            try:
                self.passage = driver.open_passage(PassagePlan(Carries.DATAGRAMS, ports=ports))
            except MediaError as error:
                logger.warning("%s: no fax: %s", driver.channel.name, error)
        return self.passage is not None

    def use(self, section: Section) -> None:
        """Exchange fax with the party from now on."""
        if self.passage is None:
            return
        is_symmetric = self._driver.endpoint.media.fax_symmetric
        remote = (section.host, section.port)
        self.passage.update(PassagePlan(Carries.DATAGRAMS, remote, symmetric=is_symmetric))
        self._driver.media_changed()

    def stop(self) -> None:
        """Audio goes on."""
        self.state = FaxState.DISABLED
        self.close()
        self._driver.media_changed()

    def close(self) -> None:
        """Release the socket."""
        if self.passage is not None:
            self.passage.close()
            self.passage = None

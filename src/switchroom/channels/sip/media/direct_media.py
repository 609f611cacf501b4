"""Audio that two parties exchange without us, as long as nobody else needs it.

Each is offered what the other described. Whatever wants the audio here (a recording, music, a
spy, a digit to be sent), a party that offers anew, and the end of the bridge bring it back: both
are offered our own address again.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from ipaddress import ip_address
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.glare_policy import Glare
from switchroom.pbx.bridging.bridge import party_of
from switchroom.sdp.negotiation import Agreement
from switchroom.sdp.sections import Section, read_sections, with_section
from switchroom.sip.session import SessionState

if TYPE_CHECKING:
    from switchroom.channels.sip.media.call_media import CallMedia

logger = logging.getLogger(__name__)

SETTLE_TIME = 0.2  #: seconds before the first look: the ACK of an answer is still on its way
LOOKS = 10
MOST_TRIES = 20  #: in a call; a phone that offers anew whenever it was offered something has an end


class DirectMedia:
    """Belongs to one call.

    Args:
        driver: The call.
    """

    def __init__(self, driver: CallMedia) -> None:
        self._driver: CallMedia = weakref.proxy(driver)  # which ends with the call
        self.other: DirectMedia | None = None  #: whom it exchanges audio with
        self._turn = asyncio.Lock()
        self._tries = 0

    @property
    def is_on(self) -> bool:
        """Whether the party's audio goes to the other one."""
        return self.other is not None

    @property
    def address(self) -> str:
        """Where the party sends to; empty while that is us."""
        if self.other is None:
            return ""
        agreement = self.other.agreement
        return f"{agreement.host}:{agreement.port}" if agreement is not None else ""

    @property
    def agreement(self) -> Agreement | None:
        """Of its party's audio."""
        return self._driver.agreement

    # going

    def joined(self, other: CallMedia) -> None:
        """The call is in a bridge with another one; one of the two is told."""
        if self._driver.endpoint.media.direct and other.endpoint.media.direct:
            self._tries += 1
            if self._tries > MOST_TRIES:
                return
            channel = self._driver.channel
            channel.pbx.spawn(self._go(other.direct), name=channel.name)

    async def _go(self, other: DirectMedia) -> None:
        for _ in range(LOOKS):
            await asyncio.sleep(SETTLE_TIME)
            if not self._are_alone(other):
                return
            if self.is_settled() and other.is_settled():
                break
        async with self._turn:
            is_free = self._are_alone(other) and not (self.is_on or other.is_on)
            if is_free and self.may() and other.may() and self._are_alike(other):
                await self._exchange(other)

    async def _exchange(self, other: DirectMedia) -> None:
        first, second = self._driver.itself, other.driver.itself
        section = audio_of(second.session.remote_sdp) if second.session is not None else None
        offer = self.offer_with(section) if section is not None else ""
        theirs = await first.offer_again(offer) if offer else ""
        if not theirs:
            return
        first_section = audio_of(theirs)
        if first_section is None or not self._are_alone(other):
            await first.offer_audio()
            return
        offer = other.offer_with(first_section)
        answer = await second.offer_again(offer) if offer else ""
        if not answer or audio_of(answer) is None:
            await first.offer_audio()
            return
        self.other, other.other = other, self
        for driver in (first, second):
            driver.media_changed()
            driver.watch_use(self.end)
        logger.info("%s and %s: audio goes directly", first.channel.name, second.channel.name)
        if not (self._are_alone(other) and self.may() and other.may()):
            self.end()  # somebody came meanwhile

    @property
    def driver(self) -> CallMedia:
        """The call."""
        return self._driver

    def offer_with(self, section: Section) -> str:
        """An offer to our party of what another one described, its other sections refused.

        Empty where that has not the codec in use, or is at no place that may be sent to.
        """
        driver = self._driver
        audio = _lines(section, driver.agreement)
        if not audio:
            return ""
        session = driver.session
        known = read_sections(session.remote_sdp) if session is not None else []
        place = next((at for at, each in enumerate(known) if each.kind == "audio"), 0)
        offer = driver.description_head()
        for at in range(max(len(known), 1)):
            lines = audio if at == place else [known[at].refused]
            offer = with_section(offer, at, lines)
        return offer

    # whether

    def _are_alone(self, other: DirectMedia) -> bool:
        try:
            return self._driver.peer() is other.driver.itself
        except ReferenceError:
            return False  # a call is over

    def is_ready(self) -> bool:
        """Whether the session takes offers."""
        session = self._driver.session
        return session is not None and session.state is SessionState.CONFIRMED

    def is_settled(self) -> bool:
        """Whether it does, and no offer of ours is on its way."""
        session = self._driver.session
        return self.is_ready() and session is not None and session.offering is None

    def may(self) -> bool:
        """Whether nobody needs this party's audio, and nothing speaks against sending it away."""
        driver = self._driver
        agreement, session = driver.agreement, driver.session
        stream = driver.channel.opened_stream
        if agreement is None or session is None or stream is None or session.offering is not None:
            return False
        party = party_of(driver.channel)
        policy = driver.endpoint.media
        is_ours = driver.call is not None
        return (
            stream.is_free
            and (party is None or party.keys is None)
            and not driver.passages
            and not driver.is_held
            and not driver.is_protected
            and agreement.ice is None
            and agreement.direction == "sendrecv"
            and _is_place(agreement.host)
            and policy.glare is not (Glare.OUTGOING if is_ours else Glare.INCOMING)
            and not (policy.not_behind_nat and agreement.host != driver.flow.remote[0])
        )

    def _are_alike(self, other: DirectMedia) -> bool:
        """Whether both speak the same codec over the same kind of address, and press keys alike."""
        one, two = self.agreement, other.agreement
        assert one is not None
        assert two is not None
        return (
            one.codec == two.codec
            and (one.telephone_event is None) is (two.telephone_event is None)
            and (":" in one.host) is (":" in two.host)
            and self._driver.dtmf_mode is other.driver.dtmf_mode
        )

    # coming back

    def end(self) -> None:
        """The audio of both comes here again."""
        other = self._part()
        if other is not None:
            self.fetch()
            other.fetch()

    def end_for_other(self) -> None:
        """This party offers anew and gets our address with the answer; the other needs an offer."""
        other = self._part()
        if other is not None:
            self._driver.media_changed()
            other.fetch()

    def _part(self) -> DirectMedia | None:
        other, self.other = self.other, None
        if other is not None:
            other.other = None
            self._driver.watch_use(None)
            other.driver.watch_use(None)
        return other

    def fetch(self) -> None:
        """The party's audio comes here again."""
        driver = self._driver
        if not driver.channel.is_hung_up and self.is_ready():
            driver.media_changed()
            driver.channel.pbx.spawn(self._ask_for_audio(driver.itself), name=driver.channel.name)

    async def _ask_for_audio(self, driver: CallMedia) -> None:
        async with self._turn:
            if self.is_ready():
                await driver.offer_audio()


def audio_of(description: str) -> Section | None:
    """The section of audio that is not refused."""
    sections = read_sections(description) if description else []
    return next((each for each in sections if each.kind == "audio" and each.port), None)


def _is_place(host: str) -> bool:
    """Whether it is the address of one machine: nobody here is told to send to many, or by name."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    is_all = address.version == 4 and int(address) == 2**32 - 1
    return not (address.is_multicast or address.is_unspecified or is_all)


def _name(text: str) -> str:
    """Of an ``rtpmap``: the codec's name and clock rate."""
    return "/".join(text.upper().split("/")[:2])


def _lines(section: Section, agreement: Agreement | None) -> list[str]:
    """Audio as its party described it, as far as it is the codec in use and digits.

    Nothing where that is not there, or not to be sent to.
    """
    names = dict(text.split(" ", 1) for text in section.values("rtpmap") if " " in text)
    if agreement is None or not _is_place(section.host):
        return []
    codec = agreement.codec
    static = str(codec.payload_type) if codec.payload_type < 96 else ""
    spoken = {number: _name(names.get(number, "")) for number in section.formats}
    name = f"{codec.name}/{codec.clock_rate}"
    if not any(spoken[number] == name or number == static for number in section.formats):
        return []
    wanted = {name, "TELEPHONE-EVENT/8000", f"TELEPHONE-EVENT/{codec.clock_rate}"}
    kept = [number for number in section.formats if spoken[number] in wanted or number == static]
    family = "IP6" if ":" in section.host else "IP4"
    lines = [f"m=audio {section.port} {section.protocol} {' '.join(kept)}"]
    lines.append(f"c=IN {family} {section.host}")
    for name in ("rtpmap", "fmtp"):
        lines += [
            f"a={name}:{text}" for text in section.values(name) if text.partition(" ")[0] in kept
        ]
    return [*lines, *(f"a=ptime:{text}" for text in section.values("ptime")), "a=sendrecv"]

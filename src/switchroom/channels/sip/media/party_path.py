"""How the party of one media section is reached: the handshake that makes keys, and its checks."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence

from switchroom.channels.sip.endpoints.security_policy import SecurityPolicy
from switchroom.media.api import DtlsPlan, IcePlan
from switchroom.media.dtls.identities import Identities
from switchroom.sdp.dtls import DtlsTerms, Setup, answer_setup, answered_setup
from switchroom.sdp.ice import IceTerms, ice_lines
from switchroom.sdp.negotiation import Secrecy

_ICE_CHARS = string.ascii_letters + string.digits
_UFRAG, _PASSWORD = 8, 24  #: characters; RFC 8445 §5.3 wants 24 and 128 bits of chance


def _new_credentials() -> IceTerms:
    ufrag, password = (
        "".join(secrets.choice(_ICE_CHARS) for _ in range(count)) for count in (_UFRAG, _PASSWORD)
    )
    return IceTerms(ufrag, password, is_lite=True)


class PartyPath:
    """Of one section; what was drawn or agreed once is kept: hold and resume change nothing.

    Args:
        policy: The endpoint's.
        identities: Of the node.

    Raises:
        MediaError: The endpoint's certificate cannot be used.
    """

    def __init__(self, policy: SecurityPolicy, identities: Identities) -> None:
        self._policy = policy
        self._identity = identities.of(policy.dtls) if policy.shakes_hands else None
        self._ice = _new_credentials() if policy.uses_ice else None
        self._their_ufrag = ""
        self._offered = policy.setup
        self._role: Setup | None = None  # who we are in the handshake that counts

    # what they say

    def take_offer(self, dtls: DtlsTerms | None, ice: IceTerms | None) -> None:
        """Settle what an offer leaves to us.

        Raises:
            NotAcceptableError: They want no handshake now.
        """
        if dtls is not None:
            self._role = answer_setup(dtls.setup, self._wanted(ice), self._role)
        if self._ice is not None and ice is not None:
            if self._their_ufrag and ice.ufrag != self._their_ufrag:
                self._ice = _new_credentials()  # they begin anew, so do we (RFC 8839 §4.4.1.1.1)
            self._their_ufrag = ice.ufrag

    def _wanted(self, ice: IceTerms | None) -> Setup:
        """Who we would be; whoever may be hidden begins, where no check of ICE finds him first."""
        policy = self._policy
        is_found = policy.uses_ice and ice is not None
        waits = policy.setup is Setup.ACTPASS and policy.may_be_hidden and not is_found
        return Setup.PASSIVE if waits else policy.setup

    def take_answer(self, dtls: DtlsTerms | None, ice: IceTerms | None) -> None:
        """Take what they settled.

        Raises:
            NotAcceptableError: They leave open who begins.
        """
        if dtls is not None:
            self._role = answered_setup(self._offered, dtls.setup)
        if ice is not None:
            self._their_ufrag = ice.ufrag

    # what we say

    @property
    def uses_ice(self) -> bool:
        """Whether our descriptions have to say that we are a lite agent."""
        return self._ice is not None

    def offered(self, hosts: Sequence[str], port: int) -> list[str]:
        """The lines of an offer's section.

        Args:
            hosts: Our addresses, the one to be seen in front.
            port: Of RTP.
        """
        lines: list[str] = []
        policy = self._policy
        if self._identity is not None:
            self._offered = policy.setup
            if self._role is not None and policy.setup is not Setup.ACTPASS:
                self._offered = self._role  # the handshake that was goes on (RFC 8842 §5.5)
            lines += [f"a=setup:{self._offered}", self._identity.fingerprint.line()]
        if self._ice is not None:
            lines += ice_lines(self._ice, hosts, port, components=2)
        return lines

    def answered(
        self,
        dtls: DtlsTerms | None,
        ice: IceTerms | None,
        hosts: Sequence[str],
        port: int,
        *,
        is_muxed: bool,
    ) -> list[str]:
        """The lines of an answer's section, with what the offer has of all that."""
        lines: list[str] = []
        if dtls is not None and self._identity is not None:
            lines += [f"a=setup:{self._role}", self._identity.fingerprint.line()]
        if self._ice is not None and ice is not None:
            lines += ice_lines(self._ice, hosts, port, components=1 if is_muxed else 2)
        return lines

    # what the engine is told

    def early(self) -> tuple[DtlsPlan | None, IcePlan | None]:
        """Before there is an agreement: nothing is let through in the clear where it must not."""
        ours, is_required = self._ice, self._policy.secrecy is Secrecy.REQUIRED
        dtls = DtlsPlan(self._identity) if self._identity is not None and is_required else None
        return dtls, None if ours is None else IcePlan(ours.ufrag, ours.password)

    def agreed(
        self, dtls: DtlsTerms | None, ice: IceTerms | None
    ) -> tuple[DtlsPlan | None, IcePlan | None]:
        """How they shake hands, and which checks are answered.

        Two lite agents check nothing (RFC 8445 §2.5): their addresses are as good as written.
        """
        hands, checks, ours = None, None, self._ice
        if self._identity is not None and dtls is not None:
            is_client = self._role is Setup.ACTIVE
            hands = DtlsPlan(self._identity, is_client, dtls.fingerprints)
        if ours is not None and ice is not None and not ice.is_lite:
            checks = IcePlan(ours.ufrag, ours.password, ice.ufrag)
        return hands, checks

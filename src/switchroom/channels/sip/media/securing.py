"""How one call's audio is protected and reached: in its descriptions, and as the engine is told."""

from __future__ import annotations

import dataclasses
import secrets
import string
from collections.abc import Sequence

from switchroom.channels.sip.endpoints.security_policy import SecurityPolicy
from switchroom.channels.sip.media.keys import CallKeys
from switchroom.media.api import DtlsPlan, IcePlan, StreamPlan
from switchroom.media.dtls.identities import Identities
from switchroom.sdp.dtls import Setup, answer_setup, answered_setup
from switchroom.sdp.ice import IceTerms, ice_lines
from switchroom.sdp.negotiation import Agreement, Keying, Secrecy
from switchroom.sdp.writing import with_lines, with_protocol

MID = "audio-0"  #: what we call our one section in groups
_ICE_CHARS = string.ascii_letters + string.digits
_UFRAG, _PASSWORD = 8, 24  #: characters; RFC 8445 §5.3 wants 24 and 128 bits of chance


def _new_credentials() -> IceTerms:
    ufrag, password = (
        "".join(secrets.choice(_ICE_CHARS) for _ in range(count)) for count in (_UFRAG, _PASSWORD)
    )
    return IceTerms(ufrag, password, is_lite=True)


class CallSecurity:
    """Of one call; what was drawn or agreed once is kept, so that hold and resume change nothing.

    Args:
        policy: The endpoint's.
        identities: Of the node.

    Raises:
        MediaError: The endpoint's certificate cannot be used.
    """

    def __init__(self, policy: SecurityPolicy, identities: Identities) -> None:
        self._policy = policy
        self._keys = CallKeys(
            policy.secrecy if policy.keying is Keying.SDES else Secrecy.NONE,
            short_tags=policy.short_tags,
        )
        self._identity = identities.of(policy.dtls) if policy.shakes_hands else None
        self._ice = _new_credentials() if policy.uses_ice else None
        self._their_ufrag = ""
        self._offered = policy.setup
        self._role: Setup | None = None  # who we are in the handshake that counts

    # what they say

    def take_offer(self, agreement: Agreement) -> None:
        """Settle what an offer leaves to us.

        Raises:
            NotAcceptableError: They want no handshake now.
        """
        if agreement.dtls is not None:
            self._role = answer_setup(agreement.dtls.setup, self._wanted(agreement), self._role)
        ice = agreement.ice
        if self._ice is not None and ice is not None:
            if self._their_ufrag and ice.ufrag != self._their_ufrag:
                self._ice = _new_credentials()  # they begin anew, so do we (RFC 8839 §4.4.1.1.1)
            self._their_ufrag = ice.ufrag

    def _wanted(self, agreement: Agreement) -> Setup:
        """Who we would be; whoever may be hidden begins, where no check of ICE finds him first."""
        policy = self._policy
        is_found = policy.uses_ice and agreement.ice is not None
        waits = policy.setup is Setup.ACTPASS and policy.may_be_hidden and not is_found
        return Setup.PASSIVE if waits else policy.setup

    def take_answer(self, agreement: Agreement) -> None:
        """Take what they settled.

        Raises:
            NotAcceptableError: They leave open who begins.
        """
        if agreement.dtls is not None:
            self._role = answered_setup(self._offered, agreement.dtls.setup)
        if agreement.ice is not None:
            self._their_ufrag = agreement.ice.ufrag

    # what we say

    def offer(self, description: str, hosts: Sequence[str], port: int) -> str:
        """An offer with all that protects and reaches us.

        Args:
            description: The offer of plain audio.
            hosts: Our addresses, the one to be seen in front.
            port: Of RTP.
        """
        policy, media, session = self._policy, list[str](), list[str]()
        description = with_protocol(self._keys.offer(description), self._protocol())
        if policy.rtcp_mux:
            media.append("a=rtcp-mux")
        if self._identity is not None:
            self._offered = policy.setup
            if self._role is not None and policy.setup is not Setup.ACTPASS:
                self._offered = self._role  # the handshake that was goes on (RFC 8842 §5.5)
            media += [f"a=setup:{self._offered}", self._identity.fingerprint.line()]
        if self._ice is not None:
            session.append("a=ice-lite")
            media += ice_lines(self._ice, hosts, port, components=2)
        if policy.bundles:
            session.append(f"a=group:BUNDLE {MID}")
            media += [f"a=mid:{MID}", f"a=msid:switchroom {MID}"]
        return with_lines(description, session=session, media=media)

    def _protocol(self) -> str:
        policy = self._policy
        is_required = policy.secrecy is Secrecy.REQUIRED
        name = ("RTP/SAVP" if is_required else "RTP/AVP") + "F" * policy.uses_avpf
        by_handshake = is_required and policy.shakes_hands and not policy.forces_avp
        return f"UDP/TLS/{name}" if by_handshake else name

    def answer(
        self, description: str, agreement: Agreement, hosts: Sequence[str], port: int
    ) -> str:
        """An answer with what the offer has of all that.

        Args:
            description: The answer, as if audio were plain.
            agreement: What was made of the offer, and taken by :meth:`take_offer`.
            hosts: Our addresses, the one to be seen in front.
            port: Of RTP.
        """
        media, session = list[str](), list[str]()
        crypto = self._keys.answer(agreement)
        if crypto is not None:
            media.append(crypto.line())
        if agreement.dtls is not None and self._identity is not None:
            media += [f"a=setup:{self._role}", self._identity.fingerprint.line()]
        if self._ice is not None and agreement.ice is not None:
            session.append("a=ice-lite")
            components = 1 if agreement.rtcp_mux else 2
            media += ice_lines(self._ice, hosts, port, components=components)
        if agreement.mid and self._policy.bundles:
            media += [f"a=mid:{agreement.mid}", f"a=msid:switchroom {MID}"]
            if agreement.is_bundled:
                session.append(f"a=group:BUNDLE {agreement.mid}")
        return with_lines(description, session=session, media=media, index=agreement.index)

    # what the engine is told

    def secured(self, plan: StreamPlan, agreement: Agreement | None) -> StreamPlan:
        """A plan with what was agreed; without an agreement nothing is let through in the clear."""
        protection, dtls = self._keys.protection(agreement), self._dtls(agreement)
        ice = self._checks(agreement)
        if protection is None and dtls is None and ice is None:
            return plan  # plain, as it came
        return dataclasses.replace(plan, protection=protection, dtls=dtls, ice=ice)

    def _dtls(self, agreement: Agreement | None) -> DtlsPlan | None:
        if self._identity is None:
            return None
        if agreement is None:
            is_required = self._policy.secrecy is Secrecy.REQUIRED
            return DtlsPlan(self._identity) if is_required else None
        if agreement.dtls is None:
            return None
        is_client = self._role is Setup.ACTIVE
        return DtlsPlan(self._identity, is_client, agreement.dtls.fingerprints)

    def _checks(self, agreement: Agreement | None) -> IcePlan | None:
        """Two lite agents check nothing (RFC 8445 §2.5): their addresses are as good as written."""
        ours = self._ice
        if ours is None:
            return None
        if agreement is None:
            return IcePlan(ours.ufrag, ours.password)
        theirs = agreement.ice
        if theirs is None or theirs.is_lite:
            return None
        return IcePlan(ours.ufrag, ours.password, theirs.ufrag)

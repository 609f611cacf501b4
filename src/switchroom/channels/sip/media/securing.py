"""How one call's audio is protected and reached: in its descriptions, and as the engine is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from switchroom.channels.sip.endpoints.security_policy import SecurityPolicy
from switchroom.channels.sip.media.keys import CallKeys
from switchroom.channels.sip.media.party_path import PartyPath
from switchroom.media.api import StreamPlan
from switchroom.media.dtls.identities import Identities
from switchroom.sdp.negotiation import Agreement, Keying, Secrecy
from switchroom.sdp.writing import with_lines, with_protocol

MID = "audio-0"  #: what we call our section of audio in groups


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
        self._path = PartyPath(policy, identities)

    # what they say

    def take_offer(self, agreement: Agreement) -> None:
        """Settle what an offer leaves to us.

        Raises:
            NotAcceptableError: They want no handshake now.
        """
        self._path.take_offer(agreement.dtls, agreement.ice)

    def take_answer(self, agreement: Agreement) -> None:
        """Take what they settled.

        Raises:
            NotAcceptableError: They leave open who begins.
        """
        self._path.take_answer(agreement.dtls, agreement.ice)

    # what we say

    def offer(self, description: str, hosts: Sequence[str], port: int) -> str:
        """An offer with all that protects and reaches us.

        Args:
            description: The offer of plain audio.
            hosts: Our addresses, the one to be seen in front.
            port: Of RTP.
        """
        policy, media, session = self._policy, list[str](), list[str]()
        description = with_protocol(self._keys.offer(description), policy.protocol)
        if policy.rtcp_mux:
            media.append("a=rtcp-mux")
        media += self._path.offered(hosts, port)
        if self._path.uses_ice:
            session.append("a=ice-lite")
        if policy.bundles:
            session.append(f"a=group:BUNDLE {MID}")
            media += [f"a=mid:{MID}", f"a=msid:switchroom {MID}"]
        return with_lines(description, session=session, media=media)

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
        media += self._path.answered(
            agreement.dtls, agreement.ice, hosts, port, is_muxed=agreement.rtcp_mux
        )
        if self._path.uses_ice and agreement.ice is not None:
            session.append("a=ice-lite")
        if agreement.mid and self._policy.bundles:
            media += [f"a=mid:{agreement.mid}", f"a=msid:switchroom {MID}"]
            if agreement.is_bundled:
                session.append(f"a=group:BUNDLE {agreement.mid}")
        return with_lines(description, session=session, media=media, index=agreement.index)

    # what the engine is told

    def secured(self, plan: StreamPlan, agreement: Agreement | None) -> StreamPlan:
        """A plan with what was agreed; without an agreement nothing is let through in the clear."""
        protection = self._keys.protection(agreement)
        if agreement is None:
            dtls, ice = self._path.early()
        else:
            dtls, ice = self._path.agreed(agreement.dtls, agreement.ice)
        if protection is None and dtls is None and ice is None:
            return plan  # plain, as it came
        return dataclasses.replace(plan, protection=protection, dtls=dtls, ice=ice)

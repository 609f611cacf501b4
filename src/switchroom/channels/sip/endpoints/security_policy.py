"""How an endpoint's audio is protected and reached, from ``pjsip.conf`` and ``sip.conf``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from switchroom.config.language.options import Options
from switchroom.config.pjsip.objects import EndpointConfig
from switchroom.config.rtp import RtpConfig
from switchroom.config.sip.peers import SipPeer
from switchroom.media.dtls.settings import DtlsSettings
from switchroom.sdp.dtls import WEAK_HASHES, Setup
from switchroom.sdp.negotiation import Keying, Secrecy


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """Of one endpoint."""

    secrecy: Secrecy = Secrecy.NONE
    keying: Keying = Keying.SDES
    short_tags: bool = False  #: whether SRTP's tags of 32 bits are offered first
    dtls: DtlsSettings = field(default_factory=DtlsSettings)
    setup: Setup = Setup.ACTPASS  #: who begins a handshake, where that is ours to say
    may_be_hidden: bool = False  #: behind a NAT: its packets can come, ours may not find it yet
    rtcp_mux: bool = False
    uses_avpf: bool = False  #: whether offers name the profile with feedback (RFC 4585)
    forces_avp: bool = False  #: whether offers of handshakes go by the older names
    uses_ice: bool = False
    bundles: bool = False  #: whether groups are taken and named; browsers want it

    @property
    def takes_time(self) -> bool:
        """Whether audio flows only some time after both sides have agreed on it."""
        return self.shakes_hands or self.uses_ice

    @property
    def protocol(self) -> str:
        """The profile of our offers."""
        is_required = self.secrecy is Secrecy.REQUIRED
        name = ("RTP/SAVP" if is_required else "RTP/AVP") + "F" * self.uses_avpf
        by_handshake = is_required and self.shakes_hands and not self.forces_avp
        return f"UDP/TLS/{name}" if by_handshake else name

    @property
    def shakes_hands(self) -> bool:
        """Whether a certificate is needed."""
        return self.secrecy is not Secrecy.NONE and self.keying is not Keying.SDES


def security_of_endpoint(config: EndpointConfig, rtp: RtpConfig) -> SecurityPolicy:
    """From ``pjsip.conf`` and what ``rtp.conf`` says for all."""
    flag = config.options.flag
    return SecurityPolicy(
        secrecy=_secrecy(config),
        keying=_keying(config),
        short_tags=flag("srtp_tag_32"),
        dtls=_dtls(config.options, rtp),
        setup=_setup(config.options),
        may_be_hidden=flag("rtp_symmetric"),
        rtcp_mux=flag("rtcp_mux"),
        uses_avpf=flag("use_avpf"),
        forces_avp=flag("force_avp"),
        uses_ice=flag("ice_support") and rtp.uses_ice,
        bundles=flag("bundle"),
    )


def security_of_peer(peer: SipPeer, rtp: RtpConfig) -> SecurityPolicy:
    """From ``sip.conf``."""
    said = peer.security
    is_protected = said.encryption or said.dtls
    keying = Keying.DTLS_WEAK if said.fingerprint in WEAK_HASHES else Keying.DTLS
    return SecurityPolicy(
        secrecy=Secrecy.REQUIRED if is_protected else Secrecy.NONE,
        keying=keying if said.dtls else Keying.SDES,
        short_tags=said.short_tags,
        dtls=DtlsSettings(
            certificate=_path(said.certificate),
            private_key=_path(said.private_key),
            authorities=_path(said.authorities),
            authorities_folder=_path(said.authorities_folder),
            ciphers=said.ciphers,
            verifies_certificate=said.verifies_certificate,
            algorithm=said.fingerprint,
            mtu=rtp.dtls_mtu,
        ),
        setup=Setup(said.setup or Setup.ACTPASS),
        may_be_hidden=peer.symmetric,
        rtcp_mux=said.rtcp_mux,
        uses_avpf=said.avpf,
        forces_avp=said.forces_avp,
        uses_ice=said.ice and rtp.uses_ice,
        bundles=said.dtls and said.avpf,  # no option of this file says it: it is a browser
    )


def _secrecy(config: EndpointConfig) -> Secrecy:
    """Whoever asks for any encryption never gets audio in the clear."""
    if config.media_encryption == "no":
        return Secrecy.NONE
    return Secrecy.OPTIMISTIC if config.media_encryption_optimistic else Secrecy.REQUIRED


def _keying(config: EndpointConfig) -> Keying:
    if config.media_encryption != "dtls":
        return Keying.SDES
    is_weak = config.options.choice("dtls_fingerprint") in WEAK_HASHES
    return Keying.DTLS_WEAK if is_weak else Keying.DTLS


def _setup(options: Options) -> Setup:
    """Where nothing is written, an offer leaves it to the other side, as RFC 5763 §5 has it."""
    is_said = "dtls_setup" in options.written
    return Setup(options.choice("dtls_setup")) if is_said else Setup.ACTPASS


def _dtls(options: Options, rtp: RtpConfig) -> DtlsSettings:
    text, makes_one = options.text, options.flag("dtls_auto_generate_cert")
    return DtlsSettings(
        certificate=None if makes_one else _path(text("dtls_cert_file")),
        private_key=None if makes_one else _path(text("dtls_private_key")),
        authorities=_path(text("dtls_ca_file")),
        authorities_folder=_path(text("dtls_ca_path")),
        ciphers=text("dtls_cipher"),
        verifies_certificate=options.choice("dtls_verify") in {"certificate", "yes"},
        algorithm=options.choice("dtls_fingerprint"),
        mtu=rtp.dtls_mtu,
    )


def _path(text: str) -> Path | None:
    return Path(text) if text else None

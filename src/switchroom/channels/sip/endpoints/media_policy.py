"""How an endpoint's media are treated, besides which codecs there are."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.glare_policy import Glare
from switchroom.config.dscp import read_tos
from switchroom.config.language.options import Options
from switchroom.config.pjsip.objects import EndpointConfig
from switchroom.config.sip.media import SipMedia


@dataclass(frozen=True, slots=True)
class MediaPolicy:
    """Spans are seconds; 0: the policy has no such span."""

    ports: tuple[int, int] | None = None  #: of its audio and video; None: those of all
    timeout: float = 0.0  #: without a packet of the party, after which its call ends
    hold_timeout: float = 0.0  #: the same, while it holds the call
    keep_alive: float = 0.0  #: without a packet of ours, after which an empty one goes
    tos_audio: int = 0  #: the octet of DiffServ of what is sent to it; 0: as the system does
    priority_audio: int = 0  #: of its frames, as 802.1p has it
    tos_video: int = 0
    priority_video: int = 0
    direct: bool = False  #: whether its audio may go directly to another party
    glare: Glare = Glare.NONE
    not_behind_nat: bool = False  #: not where it is behind a NAT
    video: bool = True  #: whether its video codecs count
    fax: bool = False  #: whether its calls may go over to T.38
    binds_fax: bool = False  #: its sockets are bound to ``media_address``
    fax_symmetric: bool = False  #: fax goes to where it comes from
    fax_correction: str = (
        "none"  #: told where the party names none: ``none``, ``fec``, ``redundancy``
    )
    fax_datagram: int = 0  #: octets told in place of what the other party takes; 0: as it says


def policy_of_endpoint(config: EndpointConfig) -> MediaPolicy:
    """From ``pjsip.conf``."""
    options = config.options
    number = options.number
    return MediaPolicy(
        ports=_ports(options),
        timeout=number("rtp_timeout"),
        hold_timeout=number("rtp_timeout_hold"),
        keep_alive=number("rtp_keepalive"),
        tos_audio=read_tos(options, "tos_audio"),
        priority_audio=number("cos_audio"),
        tos_video=read_tos(options, "tos_video"),
        priority_video=number("cos_video"),
        # Asterisk: yes where nothing is written. Audio that stays here is measured, watched and
        # recorded at any time, and costs 4 to 5 µs a packet.
        direct="direct_media" in options.written and options.flag("direct_media"),
        glare=Glare(options.choice("direct_media_glare_mitigation")),
        not_behind_nat=options.flag("disable_direct_media_on_nat"),
        fax=options.flag("t38_udptl"),
        binds_fax=options.flag("t38_bind_udptl_to_media_address"),
        fax_symmetric=options.flag("t38_udptl_nat"),
        fax_correction=options.choice("t38_udptl_ec"),
        fax_datagram=number("t38_udptl_maxdatagram"),
    )


def _ports(options: Options) -> tuple[int, int] | None:
    """The range of an endpoint's own, if it has one.

    Raises:
        ConfigError: It is none.
    """
    first, last = options.number("rtp_port_start"), options.number("rtp_port_end")
    if not first and not last:
        return None
    if not 1024 <= first < last <= 65535:
        message = (
            f"rtp_port_start and rtp_port_end must be a range within 1024-65535, not {first}-{last}"
        )
        raise ConfigError(message, path=options.section.path, line=options.line_of("rtp_port_end"))
    return first, last


def policy_of_peer(media: SipMedia) -> MediaPolicy:
    """From ``sip.conf``."""
    return MediaPolicy(
        timeout=media.timeout,
        hold_timeout=media.hold_timeout,
        keep_alive=media.keep_alive,
        tos_audio=media.tos_audio,
        priority_audio=media.cos_audio,
        tos_video=media.tos_video,
        priority_video=media.cos_video,
        direct=media.direct,
        not_behind_nat=media.not_behind_nat,
        video=media.video,
        fax=media.fax,
        fax_correction=media.fax_correction,
        fax_datagram=media.fax_datagram,
    )

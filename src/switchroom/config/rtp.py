"""``rtp.conf``: the ports that audio may use."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile

LEAST_DTLS_MTU = 256

_YES = ("yes", "true", "y", "t", "1", "on")
_STRICT = (*_YES, "seqno", "no", "false", "n", "f", "0", "off")
SHORTEST_RTCP_INTERVAL, LONGEST_RTCP_INTERVAL = 500, 60_000  #: milliseconds

_GENERAL = MappingProxyType(
    {
        "rtpstart": Option(Kind.NUMBER, "5000", honoured=True),
        "rtpend": Option(Kind.NUMBER, "31000", honoured=True),
        "dtls_mtu": Option(Kind.NUMBER, "1200", honoured=True),
        "dtmftimeout": Option(Kind.NUMBER, "1200", honoured=True),
        "ice_acl": Option(Kind.TEXT),
        "ice_deny": Option(Kind.LIST),
        "ice_permit": Option(Kind.LIST),
        "icesupport": Option(Kind.FLAG, "yes", honoured=True),
        "probation": Option(Kind.NUMBER, "4", honoured=True),
        "rtcpinterval": Option(Kind.NUMBER, "5000", honoured=True),
        "rtpchecksums": Option(Kind.FLAG, "yes", honoured=True),
        "srtpreplayprotection": Option(Kind.FLAG, "yes"),
        "strictrtp": Option(Kind.CHOICE, "yes", choices=_STRICT, honoured=True),
        "stun_acl": Option(Kind.TEXT),
        "stun_deny": Option(Kind.LIST),
        "stun_permit": Option(Kind.LIST),
        "stun_software_attribute": Option(Kind.FLAG, "yes"),
        "stunaddr": Option(Kind.TEXT),
        "stunaddr_reresolve_ttl_0": Option(Kind.FLAG, "no"),
        "turnaddr": Option(Kind.TEXT),
        "turnpassword": Option(Kind.TEXT),
        "turnusername": Option(Kind.TEXT),
    }
)


@dataclass(frozen=True, slots=True)
class RtpConfig:
    """The range of ports, both ends included, and what counts for all audio."""

    first_port: int = 5000
    last_port: int = 31000
    uses_ice: bool = True  #: whether endpoints may ask for ICE
    dtls_mtu: int = 1200  #: octets of a datagram that shakes hands, at most
    rtcp_interval: int = 5000  #: milliseconds
    probation: int = 4  #: packets
    is_strict: bool = True
    digit_timeout: int = 1200  #: samples at 8,000 Hz
    has_checksums: bool = True
    warnings: tuple[ConfigWarning, ...] = ()


def read_rtp(file: ConfigFile) -> RtpConfig:
    """Read an ``rtp.conf``.

    Raises:
        ConfigError: An unknown option, or a range of ports that is none.
    """
    section = file.section("general")
    if section is None:
        return RtpConfig()
    warnings = Warnings()
    options = read_options(section, _GENERAL, what="rtp.conf", warnings=warnings)
    first, last = options.number("rtpstart"), options.number("rtpend")
    if not 1024 <= first < last <= 65535:
        message = f"rtpstart and rtpend must be a range within 1024-65535, not {first}-{last}"
        raise ConfigError(message, path=section.path, line=options.line_of("rtpend"))
    mtu = options.number("dtls_mtu")
    if mtu < LEAST_DTLS_MTU:
        message = f"dtls_mtu must be {LEAST_DTLS_MTU} at least, not {mtu}"
        raise ConfigError(message, path=section.path, line=options.line_of("dtls_mtu"))
    interval = options.number("rtcpinterval")
    # Asterisk: what is out of range counts as the nearest that is in it.
    interval = min(max(interval, SHORTEST_RTCP_INTERVAL), LONGEST_RTCP_INTERVAL)
    return RtpConfig(
        first,
        last,
        uses_ice=options.flag("icesupport"),
        dtls_mtu=mtu,
        rtcp_interval=interval,
        probation=max(1, options.number("probation")),
        is_strict=options.choice("strictrtp") in {*_YES, "seqno"},
        digit_timeout=options.number("dtmftimeout"),
        has_checksums=options.flag("rtpchecksums"),
        warnings=tuple(warnings.entries),
    )

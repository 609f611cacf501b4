"""What ``sip.conf`` says of how audio is protected and reached: a peer before ``[general]``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from switchroom.config.language.values import is_true

ValueT = TypeVar("ValueT")

#: The options that :func:`read_sip_security` reads.
SECURITY_OPTIONS = frozenset(
    {
        "avpf",
        "dtlscafile",
        "dtlscapath",
        "dtlscertfile",
        "dtlscipher",
        "dtlsenable",
        "dtlsfingerprint",
        "dtlsprivatekey",
        "dtlssetup",
        "dtlsverify",
        "encryption",
        "encryption_taglen",
        "force_avp",
        "icesupport",
        "rtcp_mux",
    }
)


class ReadOption(Protocol):
    """Reads one option, the peer's or else the general one."""

    def __call__(self, name: str, read: Callable[[str], ValueT], default: ValueT) -> ValueT:
        """The option's value, read, or the default."""


@dataclass(frozen=True, slots=True)
class SipSecurity:
    """Of one peer, in the words of the file."""

    encryption: bool = False  #: audio by SRTP only
    short_tags: bool = False  #: ``encryption_taglen = 32``
    dtls: bool = False  #: keys come of handshakes; audio by SRTP only then, too
    certificate: str = ""
    private_key: str = ""
    authorities: str = ""
    authorities_folder: str = ""
    ciphers: str = ""
    setup: str = ""  #: ``active``, ``passive`` or ``actpass``; empty: not said
    fingerprint: str = "sha-256"
    verifies_certificate: bool = False
    avpf: bool = False
    forces_avp: bool = False
    ice: bool = False
    rtcp_mux: bool = False


def read_sip_security(option: ReadOption) -> SipSecurity:
    """The options of a peer.

    Raises:
        ConfigError: A value is none for its option.
    """

    def text(name: str) -> str:
        return option(name, str.strip, "")

    def flag(name: str) -> bool:
        return option(name, is_true, False)  # noqa: FBT003  # the default of a flag

    return SipSecurity(
        encryption=flag("encryption"),
        short_tags=option("encryption_taglen", _tag_length, 80) == 32,
        dtls=flag("dtlsenable"),
        certificate=text("dtlscertfile"),
        private_key=text("dtlsprivatekey"),
        authorities=text("dtlscafile"),
        authorities_folder=text("dtlscapath"),
        ciphers=text("dtlscipher"),
        setup=option("dtlssetup", _one_of("active", "passive", "actpass"), ""),
        fingerprint=option("dtlsfingerprint", _one_of("sha-256", "sha-1"), "sha-256"),
        verifies_certificate=option("dtlsverify", _verifies_certificate, False),  # noqa: FBT003  # likewise
        avpf=flag("avpf"),
        forces_avp=flag("force_avp"),
        ice=flag("icesupport"),
        rtcp_mux=flag("rtcp_mux"),
    )


def _tag_length(text: str) -> int:
    if text.strip() not in {"32", "80"}:
        raise ValueError(f"expected 32 or 80, not {text!r}")
    return int(text)


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        word = text.strip().lower()
        if word not in words:
            raise ValueError(f"expected one of {', '.join(words)}, not {text!r}")
        return word

    return read


def _verifies_certificate(text: str) -> bool:
    word = text.strip().lower()
    return word == "certificate" or (word != "fingerprint" and is_true(word))

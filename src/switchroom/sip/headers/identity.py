"""The Identity header: a PASSporT and where its certificate is (RFC 8224 §4)."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.parameters import parse_parameters, unquote


@dataclass(frozen=True, slots=True)
class IdentityHeader:
    """One value; a parameter that is not there is empty."""

    token: str
    info: str  #: the URL of the certificate
    algorithm: str = ""
    extension: str = ""  #: ``ppt``

    def __str__(self) -> str:
        return f"{self.token};info=<{self.info}>;alg={self.algorithm};ppt={self.extension}"


def parse_identity(value: str) -> IdentityHeader:
    """Read one value.

    Raises:
        RemoteSipError: It is none.
    """
    token, _, rest = value.strip().partition(";")
    if not token.strip():
        raise RemoteSipError("an Identity header without a PASSporT")
    parameters = parse_parameters(rest)
    info = parameters.get("info", "")
    if info.startswith("<") and info.endswith(">"):
        info = info[1:-1]
    return IdentityHeader(
        token.strip(),
        unquote(info),
        unquote(parameters.get("alg", "")),
        unquote(parameters.get("ppt", "")),
    )

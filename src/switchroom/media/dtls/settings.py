"""What is configured of handshakes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class DtlsSettings:
    """Equal ones share a certificate."""

    certificate: Path | None = None  #: PEM; None: we make one
    private_key: Path | None = None  #: None: it stands in the certificate's file
    authorities: Path | None = None  #: whom to trust; without both: whom the system trusts
    authorities_folder: Path | None = None
    ciphers: str = ""  #: OpenSSL's names; empty: ours
    verifies_certificate: bool = False  #: whether theirs must be signed by somebody we trust
    algorithm: str = "sha-256"  #: of our fingerprint
    mtu: int = 1200  #: octets of a datagram, at most

    def stamps(self) -> tuple[Stamp | None, ...]:
        """What changes when one of the files does."""
        return tuple(
            _stamp(path) for path in (self.certificate, self.private_key, self.authorities)
        )


def _stamp(path: Path | None) -> Stamp | None:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found is not None else None

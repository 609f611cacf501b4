"""What TLS is spoken with: a certificate, whom to trust, and which versions and ciphers."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from switchroom.base.errors import SwitchroomError

logger = logging.getLogger(__name__)

SOON = timedelta(days=14)  #: before it expires, a certificate is warned of

#: The words of ``method``, with the oldest and the newest version that each stands for.
METHODS: Mapping[str, tuple[ssl.TLSVersion, ssl.TLSVersion]] = MappingProxyType(
    {
        "": (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.MAXIMUM_SUPPORTED),
        "tlsv1": (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1),
        "tlsv1_1": (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1),
        "tlsv1_2": (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2),
        "tlsv1_3": (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3),
    }
)

Stamp = tuple[int, int, int]


class TlsError(SwitchroomError):
    """A certificate, a key or a cipher list that cannot be used."""


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """How one transport speaks TLS."""

    certificate: Path | None = None  #: PEM, with the chain behind it; a server needs one
    private_key: Path | None = None  #: None: it stands in the certificate's file
    password: str = field(default="", repr=False)  #: of the private key
    authorities: Path | None = None  #: whom to trust; without both: whom the system trusts
    authorities_folder: Path | None = None
    method: str = ""  #: one of :data:`METHODS`
    ciphers: str = ""  #: OpenSSL's names, for TLS 1.2 and before; empty: the library's choice
    verifies_server: bool = False  #: whether those we connect to must prove their name
    verifies_client: bool = False  #: whether a certificate that a caller shows must be good
    requires_client: bool = False  #: whether callers must show one

    def stamps(self) -> tuple[Stamp | None, ...]:
        """What changes when one of the files does."""
        return tuple(
            _stamp(path) for path in (self.certificate, self.private_key, self.authorities)
        )


@dataclass(frozen=True, slots=True)
class TlsContexts:
    """Made once, used for every handshake."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def _stamp(path: Path | None) -> Stamp | None:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found is not None else None


def make_contexts(settings: TlsSettings) -> TlsContexts:
    """Read certificate, key and authorities.

    Raises:
        TlsError: One of them cannot be read or used; says which, and why.
    """
    server = _context(settings, ssl.PROTOCOL_TLS_SERVER)
    client = _context(settings, ssl.PROTOCOL_TLS_CLIENT)
    if settings.requires_client:
        server.verify_mode = ssl.CERT_REQUIRED
    elif settings.verifies_client:
        server.verify_mode = ssl.CERT_OPTIONAL
    client.check_hostname = settings.verifies_server
    client.verify_mode = ssl.CERT_REQUIRED if settings.verifies_server else ssl.CERT_NONE
    if settings.certificate is not None:
        _warn_of_end(settings.certificate)
    return TlsContexts(server, client)


def _context(settings: TlsSettings, side: int) -> ssl.SSLContext:
    context = ssl.SSLContext(side)
    context.minimum_version, context.maximum_version = METHODS[settings.method]
    if settings.ciphers:
        try:
            context.set_ciphers(settings.ciphers)
        except ssl.SSLError as error:
            raise TlsError(f"no such ciphers: {settings.ciphers}") from error
    if settings.certificate is not None:
        _load_certificate(context, settings)
    is_asked = settings.verifies_client or settings.requires_client
    if settings.verifies_server if side == ssl.PROTOCOL_TLS_CLIENT else is_asked:
        _load_authorities(context, settings)
    return context


def _load_certificate(context: ssl.SSLContext, settings: TlsSettings) -> None:
    certificate, key = settings.certificate, settings.private_key
    assert certificate is not None
    for path in (certificate, key):
        if path is not None:
            _check_readable(path)
    try:
        # A function: with a plain empty password OpenSSL would ask on the terminal.
        context.load_cert_chain(certificate, key, password=lambda: settings.password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            why = f"the key in {key or certificate} belongs to another certificate"
        elif b"ENCRYPTED" in (key or certificate).read_bytes():
            why = f"the password of the key in {key or certificate} is wrong, or none is given"
        elif key is None:
            why = "it must hold a certificate and its private key, as PEM"
        else:
            why = f"no certificate as PEM, or no private key in {key}"
        raise TlsError(f"{certificate}: {why}") from error


def _load_authorities(context: ssl.SSLContext, settings: TlsSettings) -> None:
    file, folder = settings.authorities, settings.authorities_folder
    if file is None and folder is None:
        context.load_default_certs()
        return
    if file is not None:
        _check_readable(file)
    try:
        context.load_verify_locations(file, folder)
    except OSError as error:
        raise TlsError(f"{file or folder}: no certificates of authorities as PEM") from error


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb"):
            return
    except OSError as error:
        raise TlsError(f"{path}: {error.strerror}") from error


def _warn_of_end(path: Path) -> None:
    """Say that our own certificate is no longer good, or soon will not be."""
    # Only nodes with TLS pay for loading this.
    from cryptography.x509 import load_pem_x509_certificate

    ends = load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    left = ends - datetime.now(UTC)
    if left <= timedelta():
        logger.error("the certificate in %s expired on %s: peers refuse it", path, ends.date())
    elif left <= SOON:
        logger.warning("the certificate in %s expires on %s", path, ends.date())

"""Who we are in a handshake: a certificate, its fingerprint, and whom we believe."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import weakref
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from switchroom.base.errors import MediaError
from switchroom.media.dtls.settings import DtlsSettings
from switchroom.media.dtls.suites import PROFILES
from switchroom.sdp.dtls import Fingerprint

logger = logging.getLogger(__name__)

LIFETIME = timedelta(days=30)  #: of a certificate that we make; each is used for a day
RENEWED_AFTER = timedelta(days=1)
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:DHE+AESGCM"
VERSION = 0xFEFD  #: DTLS 1.2, as RFC 8827 §6.5 has it; nothing older is spoken


class Asked(Protocol):
    """What a handshake asks of whoever uses it."""

    @property
    def cookie(self) -> bytes:
        """What a client must send back before anything is kept for him (RFC 6347 §4.2.1)."""
        ...

    def judge(self, der: bytes, depth: int, *, is_good: bool) -> bool:
        """Whether a certificate will do: as DER, its place in the chain, what OpenSSL thinks."""
        ...


class DtlsIdentity:
    """A certificate, made ready to shake hands with; compared by being the same object.

    Args:
        settings: What is configured.

    Raises:
        MediaError: A file cannot be read or used; says which, and why.
    """

    def __init__(self, settings: DtlsSettings) -> None:
        self.settings = settings
        self.stamps = settings.stamps()
        self.made_at = datetime.now(UTC)
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_min_proto_version(VERSION)
        context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION)
        _set_ciphers(context, settings.ciphers or CIPHERS)
        context.set_tlsext_use_srtp(":".join(each.openssl for each in PROFILES).encode())
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _judge)
        context.set_cookie_generate_callback(lambda connection: _asked(connection).cookie)
        context.set_cookie_verify_callback(
            lambda connection, cookie: hmac.compare_digest(cookie, _asked(connection).cookie)
        )
        if settings.verifies_certificate:
            _load_authorities(context, settings)
        der = _load(context, settings) if settings.certificate is not None else _make(context)
        digest = hashlib.new(settings.algorithm.replace("-", ""), der).digest()
        self.fingerprint = Fingerprint(settings.algorithm, digest)
        self._context = context

    @property
    def is_fresh(self) -> bool:
        """Whether it is still what its settings lead to."""
        if self.settings.certificate is None:
            return datetime.now(UTC) - self.made_at < RENEWED_AFTER
        return self.stamps == self.settings.stamps()

    def connection(self, asked: Asked, *, is_client: bool) -> SSL.Connection:
        """A new connection over memory, with nobody at the other end yet."""
        connection = SSL.Connection(self._context, None)
        connection.set_app_data(weakref.proxy(asked))  # it holds the connection
        connection.set_ciphertext_mtu(self.settings.mtu)
        (connection.set_connect_state if is_client else connection.set_accept_state)()
        return connection


def _judge(connection: SSL.Connection, shown: Any, _error: int, depth: int, good: int) -> bool:
    der = shown.to_cryptography().public_bytes(serialization.Encoding.DER)
    return _asked(connection).judge(der, depth, is_good=bool(good))


def _asked(connection: SSL.Connection) -> Asked:
    asked: Asked = connection.get_app_data()
    return asked


def _set_ciphers(context: SSL.Context, names: str) -> None:
    try:
        context.set_cipher_list(names.replace(",", ":").encode())
    except (SSL.Error, ValueError) as error:
        raise MediaError(f"dtls_cipher: no such ciphers: {names}") from error


def _load(context: SSL.Context, settings: DtlsSettings) -> bytes:
    """Read certificate and key; returns the certificate as DER."""
    path, key = settings.certificate, settings.private_key or settings.certificate
    assert path is not None
    assert key is not None
    try:
        pem = path.read_bytes()
        key.read_bytes()
    except OSError as error:
        raise MediaError(f"{error.filename}: {error.strerror}") from error
    try:
        context.use_certificate_chain_file(str(path))
        context.use_privatekey_file(str(key))
        context.check_privatekey()
        loaded = x509.load_pem_x509_certificate(pem)
    except (SSL.Error, ValueError) as error:
        raise MediaError(f"{path}: no certificate as PEM with its private key in {key}") from error
    if loaded.not_valid_after_utc < datetime.now(UTC):
        logger.warning("the certificate in %s has expired: some peers refuse it", path)
    return loaded.public_bytes(serialization.Encoding.DER)


def _make(context: SSL.Context) -> bytes:
    """Make a key and a certificate that says nothing but that; returns it as DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, secrets.token_hex(8))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + LIFETIME)
        .sign(key, hashes.SHA256())
    )
    context.use_privatekey(key)
    context.use_certificate(certificate)
    return certificate.public_bytes(serialization.Encoding.DER)


def _load_authorities(context: SSL.Context, settings: DtlsSettings) -> None:
    file, folder = settings.authorities, settings.authorities_folder
    if file is None and folder is None:
        context.set_default_verify_paths()
        return
    try:
        context.load_verify_locations(
            str(file) if file is not None else None, str(folder) if folder is not None else None
        )
    except SSL.Error as error:
        raise MediaError(f"{file or folder}: no certificates of authorities as PEM") from error

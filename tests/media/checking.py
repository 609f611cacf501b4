"""Connectivity checks of ICE as a full agent sends them, written with the standard library alone."""

from __future__ import annotations

import hmac
import ipaddress
import os
import zlib
from dataclasses import dataclass
from hashlib import sha1

from switchroom.media.api import Address

COOKIE = 0x2112A442
USERNAME, INTEGRITY, ERROR_CODE, XOR_ADDRESS = 0x0006, 0x0008, 0x0009, 0x0020
PRIORITY, USE_CANDIDATE, FINGERPRINT = 0x0024, 0x0025, 0x8028
CONTROLLED, CONTROLLING = 0x8029, 0x802A
REQUEST, INDICATION, SUCCESS, FAILURE = 0x0001, 0x0011, 0x0101, 0x0111


@dataclass(frozen=True, slots=True)
class Check:
    """One check; :meth:`to_bytes` writes it, wrong in ways that a test wants."""

    username: str
    password: str
    nominates: bool = False
    role: int = CONTROLLING
    kind: int = REQUEST
    transaction: bytes = b"transaction!"
    has_fingerprint: bool = True

    def to_bytes(self) -> bytes:
        body = attribute(USERNAME, self.username.encode())
        body += attribute(PRIORITY, (1 << 24).to_bytes(4))
        body += attribute(self.role, os.urandom(8))
        if self.nominates:
            body += attribute(USE_CANDIDATE, b"")
        return sealed(
            self.kind, self.transaction, body, self.password, has_fingerprint=self.has_fingerprint
        )


def attribute(kind: int, value: bytes) -> bytes:
    return kind.to_bytes(2) + len(value).to_bytes(2) + value + bytes(-len(value) % 4)


def _head(kind: int, transaction: bytes, length: int) -> bytes:
    return kind.to_bytes(2) + length.to_bytes(2) + COOKIE.to_bytes(4) + transaction


def sealed(
    kind: int, transaction: bytes, body: bytes, password: str, *, has_fingerprint: bool = True
) -> bytes:
    """A message with MESSAGE-INTEGRITY and FINGERPRINT behind its attributes."""
    head = _head(kind, transaction, len(body) + 24)
    body += attribute(INTEGRITY, hmac.digest(password.encode(), head + body, sha1))
    if has_fingerprint:
        head = _head(kind, transaction, len(body) + 8)
        crc = zlib.crc32(head + body) ^ 0x5354554E
        return head + body + attribute(FINGERPRINT, crc.to_bytes(4))
    return _head(kind, transaction, len(body)) + body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    kind: int
    transaction: bytes
    attributes: dict[int, bytes]

    @property
    def address(self) -> Address:
        """Where we are, as the other side sees us."""
        value = self.attributes[XOR_ADDRESS]
        port = int.from_bytes(value[2:4]) ^ COOKIE >> 16
        mask = COOKIE.to_bytes(4) + self.transaction
        host = bytes(a ^ b for a, b in zip(value[4:], mask, strict=False))
        return str(ipaddress.ip_address(host)), port

    @property
    def error(self) -> int:
        value = self.attributes[ERROR_CODE]
        return value[2] * 100 + value[3]


def parse_answer(data: bytes, password: str) -> Answer:
    """Read an answer, which must be whole, and sealed with the password."""
    assert int.from_bytes(data[2:4]) == len(data) - 20
    assert int.from_bytes(data[4:8]) == COOKIE
    kind, transaction = int.from_bytes(data[:2]), data[8:20]
    attributes: dict[int, bytes] = {}
    at = 20
    while at < len(data):
        name, length = int.from_bytes(data[at : at + 2]), int.from_bytes(data[at + 2 : at + 4])
        attributes[name] = data[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4
    unsealed = {INTEGRITY, FINGERPRINT}
    body = b"".join(attribute(n, v) for n, v in attributes.items() if n not in unsealed)
    # An address has no padding and a reason is padded with zeros, so this is what was sent.
    assert data == sealed(kind, transaction, body, password)
    return Answer(kind, transaction, attributes)

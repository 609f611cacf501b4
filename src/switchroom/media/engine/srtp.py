"""The SRTP contexts of streams: libsrtp of the wheel ``pylibsrtp``, loaded when first needed."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from switchroom.base.errors import MediaError
from switchroom.media.api import Protection
from switchroom.media.engine import _engine

REPLAY_WINDOW = 1024  #: packets; later ones than that are dropped (RFC 3711 §3.3.2)
#: By suite: libsrtp's name, and the octets of master key and master salt.
_PROFILES = {
    "AES_CM_128_HMAC_SHA1_80": ("SRTP_PROFILE_AES128_CM_SHA1_80", 30),
    "AES_CM_128_HMAC_SHA1_32": ("SRTP_PROFILE_AES128_CM_SHA1_32", 30),
    "AEAD_AES_128_GCM": ("SRTP_PROFILE_AEAD_AES_128_GCM", 28),
}


@dataclass(frozen=True, slots=True)
class Contexts:
    """What seals and what opens the packets of one stream.

    They count packets and remember what was received, so they are kept as long as their keys are.
    """

    protection: Protection | None = None
    seal: Any = None
    unseal: Any = None

    def renewed(self, protection: Protection | None) -> Contexts:
        """Those for another agreement; a direction whose key is the same goes on as it was.

        Raises:
            MediaError: No such suite, a key of the wrong length, or libsrtp is missing.
        """
        before = self.protection
        if protection is None or protection == before:
            return self if protection is not None else Contexts()
        same_suite = before is not None and before.suite == protection.suite
        seal, unseal = self.seal, self.unseal
        if not (same_suite and before is not None and before.local == protection.local):
            seal = _context(protection.suite, protection.local, outbound=True)
        if protection.remote is None:
            unseal = None
        elif not (same_suite and before is not None and before.remote == protection.remote):
            unseal = _context(protection.suite, protection.remote, outbound=False)
        return Contexts(protection, seal, unseal)

    @property
    def addresses(self) -> tuple[int, int]:
        """For the native side: where they are; 0 for none."""
        return _address(self.seal), _address(self.unseal)


@cache
def _library() -> Any:
    """The wheel's module, its functions made known to the native side."""
    try:
        module = importlib.import_module("pylibsrtp")
        binding = importlib.import_module("pylibsrtp._binding")
    except ImportError as error:
        raise MediaError("SRTP needs pylibsrtp: pip install pylibsrtp") from error
    names = ("srtp_protect", "srtp_unprotect", "srtp_protect_rtcp", "srtp_unprotect_rtcp")
    found = (binding.ffi.addressof(binding.lib, name) for name in names)
    _engine.use_srtp(*(int(binding.ffi.cast("uintptr_t", each)) for each in found))
    return module


def _context(suite: str, key: bytes, *, outbound: bool) -> Any:
    module = _library()
    name, length = _PROFILES.get(suite, ("", 0))
    if not name or len(key) != length:
        raise MediaError(f"cannot protect audio with {suite} and a key of {len(key)} octets")
    kind = module.Policy.SSRC_ANY_OUTBOUND if outbound else module.Policy.SSRC_ANY_INBOUND
    profile = getattr(module.Policy, name)
    policy = module.Policy(key=key, ssrc_type=kind, srtp_profile=profile)
    policy.window_size = REPLAY_WINDOW
    return module.Session(policy)


def _address(context: Any) -> int:
    if context is None:
        return 0
    ffi = importlib.import_module("pylibsrtp._binding").ffi
    pointer = context._srtp  # noqa: SLF001  # the wheel has no public name for it
    return int(ffi.cast("uintptr_t", pointer[0]))

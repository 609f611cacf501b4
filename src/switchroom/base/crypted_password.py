"""Passwords as crypt(3) keeps them, by the system's own library."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import hmac
import secrets
from collections.abc import Callable

_SALT = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SALT_LENGTH = 16


class NoCryptError(RuntimeError):
    """This system has no crypt(3), or it does not know the method."""


@functools.cache
def _library() -> Callable[[bytes, bytes], bytes | None]:
    for name in (ctypes.util.find_library("crypt"), None):  # musl has it in its C library
        try:
            run = ctypes.CDLL(name).crypt
        except (OSError, AttributeError):
            continue
        run.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
        run.restype = ctypes.c_char_p
        found: Callable[[bytes, bytes], bytes | None] = run
        return found
    raise NoCryptError("this system has no crypt(3)")


def _crypt(password: str, setting: str) -> str:
    # What it returns for a setting that it cannot use begins with a star, or is nothing.
    found = _library()(password.encode().replace(b"\0", b""), setting.encode())
    if not found or found.startswith(b"*"):
        raise NoCryptError("crypt(3) does not know this method")
    return found.decode()


def crypt_password(password: str) -> str:
    """A hash of SHA-512, as ``password_format = crypt`` wants it.

    Raises:
        NoCryptError: The system cannot.
    """
    salt = "".join(secrets.choice(_SALT) for _ in range(_SALT_LENGTH))
    return _crypt(password, f"$6${salt}$")


def is_crypted_password(password: str, crypted: str) -> bool:
    """Whether ``password`` is the one that ``crypted`` was made from."""
    try:
        return hmac.compare_digest(_crypt(password, crypted).encode(), crypted.encode())
    except NoCryptError:
        return False

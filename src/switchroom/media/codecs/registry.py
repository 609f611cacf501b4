"""All codecs of this package, by the names that configurations and SDP call them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

import switchroom.media.codecs as package
from switchroom.base.errors import SwitchroomError
from switchroom.media.codecs.codec import Codec
from switchroom.media.codecs.libraries import find_library


def _declared() -> Iterator[Codec]:
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_") or info.name == __name__.rpartition(".")[2]:
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if isinstance(one := getattr(module, "CODEC", None), Codec):
            yield one
        yield from getattr(module, "CODECS", ())


@cache
def all_codecs() -> Mapping[str, Codec]:
    """Every codec by its name in ``allow=``, whether its library is installed or not.

    Raises:
        SwitchroomError: Two of them claim one name.
    """
    found: dict[str, Codec] = {}
    for codec in _declared():
        if codec.config_name in found:
            raise SwitchroomError(f"two codecs are called {codec.config_name}")
        found[codec.config_name] = codec
    return MappingProxyType(found)


def is_usable(codec: Codec) -> bool:
    """Whether the library that it needs is installed."""
    return codec.library is None or find_library(codec.library) is not None


@cache
def codec_of(name: str, clock_rate: int) -> Codec | None:
    """The codec of an encoding name in SDP, upper case, at a clock rate."""
    return next(
        (c for c in all_codecs().values() if (c.name, c.clock_rate) == (name, clock_rate)), None
    )

"""Coders and resamplers of whole sounds; live audio is the engine's."""

from __future__ import annotations

from switchroom.base.errors import MediaError
from switchroom.media.codecs import _coder
from switchroom.media.codecs.codec import Codec
from switchroom.media.codecs.libraries import find_library


def open_coder(codec: Codec) -> _coder.Coder:
    """An encoder and a decoder; both remember what came before.

    Raises:
        MediaError: The library that it needs is not installed.
    """
    if codec.library is not None:
        path = find_library(codec.library)
        if path is None or not _coder.load(codec.native, path):
            raise MediaError(f"{codec.config_name} needs {codec.library}, which is not installed")
    return _coder.Coder(codec.native, codec.sample_rate)

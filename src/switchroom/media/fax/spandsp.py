"""The functions of libspandsp that fax needs, by ctypes: its calls do not hold the interpreter.

The library is LGPL-2.1, of the system (``libspandsp2``), and loaded when the first fax wants it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from ctypes import POINTER, c_char_p, c_int, c_int16, c_uint8, c_uint16, c_void_p
from functools import cache
from types import MappingProxyType
from typing import Any

from switchroom.base.errors import MediaError
from switchroom.media.codecs.libraries import find_library

LIBRARY = "libspandsp.so.2"

#: Bits of ``t30_set_supported_modems``.
MODEMS: Mapping[str, int] = MappingProxyType({"v27": 0x01, "v29": 0x02, "v17": 0x04})

#: Bits of ``t30_set_supported_compressions``: T.4 in one and two dimensions, T.6.
COMPRESSIONS = 0x02 | 0x04 | 0x08
#: Of ``t30_set_supported_resolutions``: standard, fine and superfine, at the width of a line.
RESOLUTIONS = 0x01 | 0x02 | 0x04 | 0x20000 | 0x40000
#: Of ``t30_set_supported_image_sizes``: A4, B4 and A3 in width, any length.
IMAGE_SIZES = 0x01 | 0x02 | 0x04 | 0x10000 | 0x20000 | 0x40000 | 0x80000 | 0x100000

#: Called at the end of a fax with the completion code.
PhaseE = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_int)
#: Called with the code of a frame that tells of a page; returns 0 to go on.
PhaseD = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
#: Called with a packet of T.38 for the other side, and how often it is to be sent.
SendPacket = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(c_uint8), c_int, c_int)
_Message = ctypes.CFUNCTYPE(None, c_int, c_char_p)


class FaxUnavailableError(MediaError):
    """There is no libspandsp here."""


class Statistics(ctypes.Structure):
    """``t30_stats_t`` of the library's version 0.0.6."""

    _fields_ = tuple(
        (name, c_int)
        for name in (
            "bit_rate",
            "error_correcting_mode",
            "pages_sent",
            "pages_received",
            "pages_in_file",
            "x_resolution",
            "y_resolution",
            "width",
            "length",
            "image_size",
            "encoding",
            "bad_rows",
            "longest_bad_row_run",
            "retries",
            "current_status",
        )
    )


class GatewayStatistics(ctypes.Structure):
    """``t38_stats_t`` of the library's version 0.0.6."""

    _fields_ = tuple(
        (name, c_int) for name in ("bit_rate", "error_correcting_mode", "pages_transferred")
    )


_NOTHING = None
#: Result and arguments of each function.
_SIGNATURES: Mapping[str, tuple[Any, tuple[Any, ...]]] = MappingProxyType(
    {
        "fax_init": (c_void_p, (c_void_p, c_int)),
        "fax_free": (c_int, (c_void_p,)),
        "fax_rx": (c_int, (c_void_p, POINTER(c_int16), c_int)),
        "fax_tx": (c_int, (c_void_p, POINTER(c_int16), c_int)),
        "fax_set_transmit_on_idle": (_NOTHING, (c_void_p, c_int)),
        "fax_get_t30_state": (c_void_p, (c_void_p,)),
        "t38_terminal_init": (c_void_p, (c_void_p, c_int, SendPacket, c_void_p)),
        "t38_terminal_free": (c_int, (c_void_p,)),
        "t38_terminal_send_timeout": (c_int, (c_void_p, c_int)),
        "t38_terminal_get_t30_state": (c_void_p, (c_void_p,)),
        "t38_terminal_get_t38_core_state": (c_void_p, (c_void_p,)),
        "t38_core_rx_ifp_packet": (c_int, (c_void_p, c_char_p, c_int, c_uint16)),
        "t38_set_t38_version": (_NOTHING, (c_void_p, c_int)),
        "t38_set_max_datagram_size": (_NOTHING, (c_void_p, c_int)),
        "t38_set_fastest_image_data_rate": (_NOTHING, (c_void_p, c_int)),
        "t38_gateway_init": (c_void_p, (c_void_p, SendPacket, c_void_p)),
        "t38_gateway_free": (c_int, (c_void_p,)),
        "t38_gateway_rx": (c_int, (c_void_p, POINTER(c_int16), c_int)),
        "t38_gateway_tx": (c_int, (c_void_p, POINTER(c_int16), c_int)),
        "t38_gateway_set_ecm_capability": (_NOTHING, (c_void_p, c_int)),
        "t38_gateway_set_transmit_on_idle": (_NOTHING, (c_void_p, c_int)),
        "t38_gateway_set_supported_modems": (_NOTHING, (c_void_p, c_int)),
        "t38_gateway_get_transfer_statistics": (_NOTHING, (c_void_p, POINTER(GatewayStatistics))),
        "t38_gateway_get_t38_core_state": (c_void_p, (c_void_p,)),
        "t30_set_tx_ident": (c_int, (c_void_p, c_char_p)),
        "t30_get_rx_ident": (c_char_p, (c_void_p,)),
        "t30_set_tx_page_header_info": (c_int, (c_void_p, c_char_p)),
        "t30_set_tx_file": (_NOTHING, (c_void_p, c_char_p, c_int, c_int)),
        "t30_set_rx_file": (_NOTHING, (c_void_p, c_char_p, c_int)),
        "t30_set_ecm_capability": (c_int, (c_void_p, c_int)),
        "t30_set_supported_modems": (c_int, (c_void_p, c_int)),
        "t30_set_supported_compressions": (c_int, (c_void_p, c_int)),
        "t30_set_supported_resolutions": (c_int, (c_void_p, c_int)),
        "t30_set_supported_image_sizes": (c_int, (c_void_p, c_int)),
        "t30_set_phase_d_handler": (_NOTHING, (c_void_p, PhaseD, c_void_p)),
        "t30_set_phase_e_handler": (_NOTHING, (c_void_p, PhaseE, c_void_p)),
        "t30_get_transfer_statistics": (_NOTHING, (c_void_p, POINTER(Statistics))),
        "t30_terminate": (_NOTHING, (c_void_p,)),
        "t30_completion_code_to_str": (c_char_p, (c_int,)),
        "span_set_message_handler": (_NOTHING, (_Message,)),
    }
)
_SILENT = _Message()  #: a pointer to nothing: the library writes nothing to the console


@cache
def load() -> Any:
    """The library, its functions typed.

    Raises:
        FaxUnavailableError: It is not installed, or it is another version.
    """
    path = find_library(LIBRARY)
    if path is None:
        raise FaxUnavailableError(f"fax needs {LIBRARY} (package libspandsp2)")
    library = ctypes.CDLL(path)
    for name, (result, arguments) in _SIGNATURES.items():
        try:
            function = getattr(library, name)
        except AttributeError as error:
            raise FaxUnavailableError(f"{path} has no {name}: it is no version 0.0.6") from error
        function.restype = result
        function.argtypes = arguments
    library.span_set_message_handler(_SILENT)
    return library

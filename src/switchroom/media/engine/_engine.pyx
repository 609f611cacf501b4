# cython: language_level=3
"""The native side: one extension module, since its parts share one thread and its tables.

Each file that is included has one concept: the functions of its header, and the class of commands that
:class:`Pump` has them by.
"""

from libc.stdint cimport int16_t, int64_t, uint8_t, uint32_t, uint64_t, uintptr_t
from libc.stdlib cimport free
from libc.string cimport memcpy, memset
from cpython.bytearray cimport PyByteArray_AS_STRING
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize

import secrets


cdef extern from *:
    """
    #ifndef _GNU_SOURCE
    #define _GNU_SOURCE
    #endif
    """

cdef extern from "sys/socket.h":
    cdef struct sockaddr_storage:
        pass
    ctypedef uint32_t socklen_t


include "codecs.pxi"
include "plans.pxi"
include "pump.pxi"
include "playing.pxi"
include "recording.pxi"
include "listening.pxi"
include "mixing.pxi"
include "passing.pxi"
include "feeds.pxi"
include "reaching.pxi"
include "detecting.pxi"
include "quality.pxi"

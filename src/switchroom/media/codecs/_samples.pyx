# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""G.711 and sample rates for whole sounds; live audio is the engine's."""

from libc.math cimport M_PI, cos, sin
from libc.stdint cimport int16_t, uint8_t
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize


cdef extern from "g711.h" nogil:
    int CODEC_PCMU, CODEC_PCMA
    void g711_init()
    void g711_decode(int codec, const uint8_t *codes, int16_t *samples, int count)
    void g711_encode(int codec, const int16_t *samples, uint8_t *codes, int count)

g711_init()

cdef int codec_of(str name) except -1:
    if name == "PCMU":
        return CODEC_PCMU
    if name == "PCMA":
        return CODEC_PCMA
    raise ValueError(f"no G.711 codec {name!r}")


def g711_to_linear(str codec, const uint8_t[::1] codes):
    cdef Py_ssize_t count = codes.shape[0]
    cdef bytes samples = PyBytes_FromStringAndSize(NULL, 2 * count)
    if count:
        g711_decode(codec_of(codec), &codes[0], <int16_t *>PyBytes_AS_STRING(samples), <int>count)
    return samples


def linear_to_g711(str codec, bytes samples):
    cdef Py_ssize_t count = len(samples) // 2
    cdef bytes codes = PyBytes_FromStringAndSize(NULL, count)
    g711_encode(codec_of(codec), <const int16_t *>PyBytes_AS_STRING(samples),
                <uint8_t *>PyBytes_AS_STRING(codes), <int>count)
    return codes


cdef enum:
    LOBES = 16  # of the sinc on each side, in input samples at most


def resample(bytes samples, int rate, int wanted):
    """A windowed sinc (Hann), its cut-off below the lower rate's half."""
    if rate <= 0 or wanted <= 0:
        raise ValueError("sample rates are positive")
    if rate == wanted:
        return samples
    cdef Py_ssize_t count = len(samples) // 2, made = count * wanted // rate
    cdef bytes result = PyBytes_FromStringAndSize(NULL, 2 * made)
    cdef const int16_t *source = <const int16_t *>PyBytes_AS_STRING(samples)
    cdef int16_t *target = <int16_t *>PyBytes_AS_STRING(result)
    cdef double step = <double>rate / wanted, cut = 0.94 * min(1.0, <double>wanted / rate)
    cdef double reach = LOBES / cut, at, x, total, weight, weights
    cdef Py_ssize_t i, j, first, last
    with nogil:
        for i in range(made):
            at = i * step
            first = <Py_ssize_t>(at - reach) + 1
            last = <Py_ssize_t>(at + reach)
            first = first if first > 0 else 0
            last = last if last < count else count - 1
            total = weights = 0
            for j in range(first, last + 1):
                x = at - j
                weight = 0.5 * (1 + cos(M_PI * x / reach))
                if x != 0:
                    weight *= sin(M_PI * cut * x) / (M_PI * cut * x)
                total += weight * source[j]
                weights += weight
            total = total * cut if first == 0 or last == count - 1 else total / weights
            target[i] = <int16_t>(32767 if total > 32767 else -32767 if total < -32767 else total)
    return result

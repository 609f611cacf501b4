# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""G.711 and sample rates for whole sounds; live audio is the engine's."""

from libc.math cimport M_PI, cos, fabs, sin
from libc.stdint cimport int16_t, int64_t, uint8_t
from libc.stdlib cimport free, malloc
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


cdef inline int16_t clipped(int64_t sample) noexcept nogil:
    return <int16_t>(32767 if sample > 32767 else -32767 if sample < -32767 else sample)


def amplify(bytes samples, double factor):
    cdef Py_ssize_t count = len(samples) // 2, i
    cdef bytes result = PyBytes_FromStringAndSize(NULL, 2 * count)
    cdef const int16_t *source = <const int16_t *>PyBytes_AS_STRING(samples)
    cdef int16_t *target = <int16_t *>PyBytes_AS_STRING(result)
    for i in range(count):
        target[i] = clipped(<int64_t>(source[i] * factor))
    return result


def interleave(bytes one, bytes two):
    cdef Py_ssize_t count = min(len(one), len(two)) // 2, i
    cdef bytes result = PyBytes_FromStringAndSize(NULL, 4 * count)
    cdef const int16_t *first = <const int16_t *>PyBytes_AS_STRING(one)
    cdef const int16_t *second = <const int16_t *>PyBytes_AS_STRING(two)
    cdef int16_t *target = <int16_t *>PyBytes_AS_STRING(result)
    for i in range(count):
        target[2 * i] = first[i]
        target[2 * i + 1] = second[i]
    return result


def mix(bytes one, bytes two):
    cdef Py_ssize_t count = min(len(one), len(two)) // 2, i
    cdef bytes result = PyBytes_FromStringAndSize(NULL, 2 * count)
    cdef const int16_t *first = <const int16_t *>PyBytes_AS_STRING(one)
    cdef const int16_t *second = <const int16_t *>PyBytes_AS_STRING(two)
    cdef int16_t *target = <int16_t *>PyBytes_AS_STRING(result)
    for i in range(count):
        target[i] = clipped(first[i] + second[i])
    return result


cdef enum:
    LOBES = 16  # of the sinc on each side, in input samples at most
    PHASES = 2048  # most that are kept in a table; 44,100 to 8,000 Hz has 80, 22,050 has 160


cdef int64_t greatest_divisor(int64_t one, int64_t two) noexcept nogil:
    while two:
        one, two = two, one % two
    return one


cdef void fill_weights(double *weights, int reach, double offset, double cut) noexcept nogil:
    """What the 2 * reach + 1 samples around a point count; offset is how far it is past the middle."""
    cdef double total = 0, x, weight
    cdef int j
    for j in range(2 * reach + 1):
        x = offset + reach - j
        weight = 0
        if fabs(x) < LOBES / cut:
            weight = 0.5 * (1 + cos(M_PI * x * cut / LOBES))
            if x != 0:
                weight *= sin(M_PI * cut * x) / (M_PI * cut * x)
        weights[j] = weight
        total += weight
    for j in range(2 * reach + 1):
        weights[j] /= total


def resample(bytes samples, int rate, int wanted):
    """A windowed sinc (Hann), its cut-off below the lower rate's half."""
    if rate <= 0 or wanted <= 0:
        raise ValueError("sample rates are positive")
    if rate == wanted:
        return samples
    cdef int64_t count = len(samples) // 2, made = count * wanted // rate
    cdef bytes result = PyBytes_FromStringAndSize(NULL, 2 * made)
    cdef const int16_t *source = <const int16_t *>PyBytes_AS_STRING(samples)
    cdef int16_t *target = <int16_t *>PyBytes_AS_STRING(result)
    cdef int64_t common = greatest_divisor(rate, wanted)
    cdef int64_t up = wanted // common, down = rate // common
    cdef double cut = 0.94 * min(1.0, <double>wanted / rate), total
    cdef int reach = <int>(LOBES / cut) + 1, taps = 2 * reach + 1
    cdef int64_t i, j, middle, phase, first, last
    # a ratio of two rates has few places between two samples: their weights are made once
    cdef int64_t rows = up if up <= PHASES else 1
    cdef double *table = <double *>malloc(rows * taps * sizeof(double))
    cdef double *weights
    if table == NULL:
        raise MemoryError
    with nogil:
        if rows == up:
            for phase in range(up):
                fill_weights(table + phase * taps, reach, <double>phase / up, cut)
        for i in range(made):
            middle = i * down // up
            phase = i * down % up
            if rows == up:
                weights = table + phase * taps
            else:
                weights = table
                fill_weights(weights, reach, <double>phase / up, cut)
            first = middle - reach
            last = middle + reach if middle + reach < count else count - 1
            total = 0
            for j in range(first if first > 0 else 0, last + 1):
                total += weights[j - first] * source[j]
            total += 0.5 if total > 0 else -0.5
            target[i] = <int16_t>(32767 if total > 32767 else -32767 if total < -32767 else total)
        free(table)
    return result

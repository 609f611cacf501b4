# cython: language_level=3, boundscheck=False, wraparound=False
"""Every codec of coder.h, and the live resampler, for whole sounds and for measuring."""

from libc.stdint cimport int16_t, uint8_t
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize


cdef extern from "coder.h" nogil:
    ctypedef struct codec_kind:
        void *(*open_encoder)(int rate)
        void (*close_encoder)(void *encoder)
        int (*encode)(void *encoder, const int16_t *samples, int count, uint8_t *bytes, int room)
        void *(*open_decoder)(int rate)
        void (*close_decoder)(void *decoder)
        int (*decode)(void *decoder, const uint8_t *bytes, int size, int16_t *samples, int room)
        int (*conceal)(void *decoder, const uint8_t *next, int size, int16_t *samples, int count)
        int (*load)(const char *path)
    const codec_kind CODEC_KINDS[6]
    int CODECS

cdef extern from "resampler.h" nogil:
    ctypedef struct resampler:
        int from_ "from"
        int to
    resampler *resampler_new(int from_, int to)
    void resampler_free(resampler *self)
    int resampler_run(resampler *self, const int16_t *samples, int count, int16_t *out)


def load(int codec, str path):
    """Open the codec's library; returns whether it has what is needed."""
    return CODEC_KINDS[codec].load != NULL and CODEC_KINDS[codec].load(path.encode()) == 0


cdef class Coder:
    cdef const codec_kind *_kind
    cdef void *_encoder
    cdef void *_decoder

    def __cinit__(self, int codec, int rate):
        if not 0 <= codec < CODECS:
            raise ValueError(f"there is no codec {codec}")
        self._kind = &CODEC_KINDS[codec]
        self._encoder = self._kind.open_encoder(rate)
        self._decoder = self._kind.open_decoder(rate)
        if self._encoder == NULL or self._decoder == NULL:
            raise MemoryError("no memory, or the codec's library is not loaded")

    def __dealloc__(self):
        if self._encoder != NULL:
            self._kind.close_encoder(self._encoder)
        if self._decoder != NULL:
            self._kind.close_decoder(self._decoder)

    def encode(self, bytes samples):
        cdef int count = <int>(len(samples) // 2)
        cdef bytes coded = PyBytes_FromStringAndSize(NULL, 2 * count + 16)
        cdef int size = self._kind.encode(
            self._encoder, <const int16_t *>PyBytes_AS_STRING(samples), count,
            <uint8_t *>PyBytes_AS_STRING(coded), 2 * count + 16)
        if size < 0:
            raise ValueError(f"{count} samples are no packet of this codec")
        return coded[:size]

    def decode(self, bytes coded, int room):
        cdef bytes samples = PyBytes_FromStringAndSize(NULL, 2 * room)
        cdef int count = self._kind.decode(
            self._decoder, <const uint8_t *>PyBytes_AS_STRING(coded), <int>len(coded),
            <int16_t *>PyBytes_AS_STRING(samples), room)
        if count < 0:
            raise ValueError(f"{len(coded)} octets are no packet of this codec")
        return samples[:2 * count]


cdef class Resampler:
    cdef resampler *_resampler

    def __cinit__(self, int rate, int wanted):
        self._resampler = resampler_new(rate, wanted)
        if self._resampler == NULL:
            raise MemoryError

    def __dealloc__(self):
        resampler_free(self._resampler)

    def run(self, bytes samples):
        """At most 1,920 samples at once."""
        cdef int count = <int>(len(samples) // 2)
        if count > 1920:
            raise ValueError("more than 1,920 samples at once")
        cdef int room = count * self._resampler.to // self._resampler.from_ + 2
        cdef bytes made = PyBytes_FromStringAndSize(NULL, 2 * room)
        count = resampler_run(self._resampler, <const int16_t *>PyBytes_AS_STRING(samples), count,
                              <int16_t *>PyBytes_AS_STRING(made))
        return made[:2 * count]

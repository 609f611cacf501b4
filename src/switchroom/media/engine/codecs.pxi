"""Codecs whose libraries are opened when they are first needed."""

cdef extern from "../codecs/coder.h" nogil:
    ctypedef struct codec_kind:
        int (*load)(const char *path)

    const codec_kind CODEC_KINDS[6]


def load_codec(int codec, str path):
    """Open the codec's library; returns whether it has what is needed."""
    return CODEC_KINDS[codec].load != NULL and CODEC_KINDS[codec].load(path.encode()) == 0

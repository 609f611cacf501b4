"""Reports and how well streams are heard; settings of all of them."""

cdef extern from "quality_commands.h" nogil:
    ctypedef struct series:
        uint32_t count
        double last, least, most, sum, squares

    int QUALITY_SERIES

    ctypedef struct stream_quality:
        series of[7]
        uint32_t reported_lost
        unsigned char sent[52]
        unsigned char heard[52]
        int sent_size, heard_size

    ctypedef struct engine_settings:
        uint32_t rtcp_ticks
        int learn_packets
        int is_strict
        uint32_t digit_lost
        int has_no_checksums

    void pump_buffer(pump *self, int slot, int buffering, int delay)
    void pump_trace(pump *self, int wanted)
    void pump_configure(pump *self, const engine_settings *settings)
    void pump_tell_reports(pump *self, int wanted)
    void pump_quality(pump *self, int slot, stream_quality *quality, uint32_t *ours,
                      uint32_t *theirs)

    cpdef enum:
        BUFFER_AUTO
        BUFFER_ADAPTIVE
        BUFFER_FIXED
        RTCP_SENT
        RTCP_HEARD
        RTP_SENT
        RTP_HEARD


cdef class Quality(Commands):
    """How well streams are heard, and what is told of their packets."""

    def of(self, int slot):
        cdef stream_quality found
        cdef uint32_t ours = 0, theirs = 0
        pump_quality(self.at, slot, &found, &ours, &theirs)
        return ours, theirs, found.reported_lost, [
            (found.of[i].count, found.of[i].last, found.of[i].least, found.of[i].most,
             found.of[i].sum, found.of[i].squares) for i in range(QUALITY_SERIES)]

    def report(self, int slot, bint sent):
        cdef stream_quality found
        cdef uint32_t ours = 0, theirs = 0
        pump_quality(self.at, slot, &found, &ours, &theirs)
        if sent:
            return PyBytes_FromStringAndSize(<char *>found.sent, found.sent_size)
        return PyBytes_FromStringAndSize(<char *>found.heard, found.heard_size)

    def buffer(self, int slot, int buffering, int delay):
        pump_buffer(self.at, slot, buffering, delay)

    def trace(self, bint wanted):
        pump_trace(self.at, wanted)

    def configure(self, uint32_t rtcp_ticks, int learn_packets, bint is_strict,
                  uint32_t digit_lost, bint has_no_checksums):
        cdef engine_settings settings
        settings.rtcp_ticks = rtcp_ticks
        settings.learn_packets = learn_packets
        settings.is_strict = is_strict
        settings.digit_lost = digit_lost
        settings.has_no_checksums = has_no_checksums
        pump_configure(self.at, &settings)

    def tell_reports(self, bint wanted):
        pump_tell_reports(self.at, wanted)

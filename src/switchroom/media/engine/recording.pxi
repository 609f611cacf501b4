"""What the party says, sample by sample."""

cdef extern from "commands.h" nogil:
    int pump_record(pump *self, int slot, int64_t number, uint32_t max_silence,
                    uint32_t max_length)
    int pump_recorded(pump *self, int slot)
    int pump_drain(pump *self, int slot, int16_t *samples, int room)
    void pump_stop_recording(pump *self, int slot)
    void pump_forget_recording(pump *self, int slot)

    cpdef enum:
        RECORDING_ENDED
        RECORDING_SILENCE
        RECORDING_LIMIT


cdef class Recording(Commands):
    """What a party says, for a file."""

    def start(self, int slot, int64_t number, uint32_t max_silence, uint32_t max_length):
        if pump_record(self.at, slot, number, max_silence, max_length):
            raise MemoryError

    def drain(self, int slot):
        cdef int room = pump_recorded(self.at, slot)
        cdef bytes samples = PyBytes_FromStringAndSize(NULL, 2 * room)
        cdef int count = pump_drain(self.at, slot, <int16_t *>PyBytes_AS_STRING(samples), room)
        return samples if count == room else samples[:2 * count]

    def stop(self, int slot):
        pump_stop_recording(self.at, slot)

    def forget(self, int slot):
        pump_forget_recording(self.at, slot)

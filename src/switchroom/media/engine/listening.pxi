"""Listening in: taps that record both directions, and parties that hear a call."""

cdef extern from "listening_commands.h" nogil:
    void pump_spy(pump *self, int slot, int target, int how)
    int pump_add_tap(pump *self, int slot, int64_t number, int only_connected)
    void pump_pause_tap(pump *self, int slot, int64_t number, int paused)
    void pump_mute_tap(pump *self, int slot, int64_t number, int said, int heard)
    int pump_tapped(pump *self, int slot, int64_t number, uint32_t *lost)
    int pump_drain_tap(pump *self, int slot, int64_t number, int16_t *said, int16_t *heard,
                       int room)
    void pump_remove_tap(pump *self, int slot, int64_t number)

    cpdef enum:
        SPY_SAID
        SPY_HEARD
        SPY_WHISPERS
        SPY_BARGES


cdef class Listening(Commands):
    """Both directions of a stream, for a file or for who spies."""

    def spy(self, int slot, int target, int how):
        pump_spy(self.at, slot, target, how)

    def add_tap(self, int slot, int64_t number, bint only_connected):
        if pump_add_tap(self.at, slot, number, only_connected):
            raise MemoryError

    def pause_tap(self, int slot, int64_t number, bint paused):
        pump_pause_tap(self.at, slot, number, paused)

    def mute_tap(self, int slot, int64_t number, bint said, bint heard):
        pump_mute_tap(self.at, slot, number, said, heard)

    def drain_tap(self, int slot, int64_t number):
        cdef uint32_t lost = 0
        cdef int room = pump_tapped(self.at, slot, number, &lost)
        cdef bytes said = PyBytes_FromStringAndSize(NULL, 2 * room)
        cdef bytes heard = PyBytes_FromStringAndSize(NULL, 2 * room)
        cdef int count = pump_drain_tap(self.at, slot, number,
                                        <int16_t *>PyBytes_AS_STRING(said),
                                        <int16_t *>PyBytes_AS_STRING(heard), room)
        return said[:2 * count], heard[:2 * count], lost

    def remove_tap(self, int slot, int64_t number):
        pump_remove_tap(self.at, slot, number)

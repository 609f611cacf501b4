"""Conferences."""

cdef extern from "mixing_commands.h" nogil:
    ctypedef struct seat_plan:
        int talks, hears, gain_talk, gain_listen, drops_silence, level, pause, buffers

    int pump_open_mix(pump *self, int limit)
    int pump_join_mix(pump *self, int number, int slot, const seat_plan *plan)
    void pump_leave_mix(pump *self, int number, int slot)
    void pump_close_mix(pump *self, int number)
    int pump_mix_rate(pump *self, int number)


cdef class Mixes(Commands):
    """Rooms, by number."""

    def open(self, int limit):
        cdef int number = pump_open_mix(self.at, limit)
        if number < 0:
            raise MemoryError
        return number

    def join(self, int number, int slot, tuple plan):
        cdef seat_plan filled
        (filled.talks, filled.hears, filled.gain_talk, filled.gain_listen, filled.drops_silence,
         filled.level, filled.pause, filled.buffers) = plan
        if pump_join_mix(self.at, number, slot, &filled):
            raise MemoryError

    def leave(self, int number, int slot):
        pump_leave_mix(self.at, number, slot)

    def close(self, int number):
        pump_close_mix(self.at, number)

    def rate(self, int number):
        return pump_mix_rate(self.at, number)

"""Sounds and digits for the party."""

cdef extern from "commands.h" nogil:
    void pump_play(pump *self, int slot, const int16_t *samples, uint32_t count,
                   const int16_t *wide, uint32_t wide_count, int wide_rate, int64_t number)
    void pump_stop_playback(pump *self, int slot, int64_t number)
    int pump_play_background(pump *self, int slot, const int16_t *samples, uint32_t count,
                             int64_t number, int loops)
    void pump_stop_background(pump *self, int slot)
    int pump_send_digit(pump *self, int slot, char digit, uint32_t duration)
    void pump_keep_digits(pump *self, int slot, int keeps)

    cpdef enum:
        DTMF_BEGAN
        DTMF_ENDED
        PLAYBACK_ENDED
        END_FINISHED


cdef class Playing(Commands):
    """What a party is to hear besides others, and its digits."""

    def play(self, int slot, bytes samples, int64_t playback, bytes wide=None, int wide_rate=0):
        cdef const int16_t *more = NULL
        cdef uint32_t count = 0
        if wide is not None:
            more = <const int16_t *>PyBytes_AS_STRING(wide)
            count = <uint32_t>(len(wide) // 2)
        pump_play(self.at, slot, <const int16_t *>PyBytes_AS_STRING(samples),
                  <uint32_t>(len(samples) // 2), more, count, wide_rate, playback)

    def stop(self, int slot, int64_t playback):
        pump_stop_playback(self.at, slot, playback)

    def play_background(self, int slot, bytes samples, int64_t playback, bint loops):
        return pump_play_background(self.at, slot, <const int16_t *>PyBytes_AS_STRING(samples),
                                    <uint32_t>(len(samples) // 2), playback, loops) != 0

    def stop_background(self, int slot):
        pump_stop_background(self.at, slot)

    def send_digit(self, int slot, str digit, uint32_t duration):
        return pump_send_digit(self.at, slot, <char>ord(digit), duration) != 0

    def keep_digits(self, int slot, bint enabled):
        pump_keep_digits(self.at, slot, enabled)

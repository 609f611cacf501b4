"""Programs in a phone's place."""

cdef extern from "feed_commands.h" nogil:
    ctypedef struct feed_plan:
        int fd, framing, codec, rate, is_modem

    ctypedef struct feed_message:
        int kind, size
        uint64_t position
        uint8_t *bytes

    int pump_open_feed(pump *self, const feed_plan *plan, const uint32_t *random, uint32_t *id)
    void pump_attach_feed(pump *self, int slot, int fd, const uint8_t *greeting,
                          int greeting_size, uint8_t *first, int size)
    void pump_send_to_feed(pump *self, int slot, const uint8_t *bytes, int size)
    feed_message *pump_take_message(pump *self, int slot)
    void pump_press_for_feed(pump *self, int slot, char digit, uint32_t duration)
    int pump_mark_feed(pump *self, int slot, uint64_t position, int64_t number)
    void pump_tell_drained(pump *self, int slot)
    void pump_flush_feed(pump *self, int slot, uint64_t position)
    void pump_pause_feed(pump *self, int slot, int paused)
    void pump_direct_feed(pump *self, int slot, int sends, int receives)
    void pump_measure_feed(pump *self, int slot, uint64_t *put, uint64_t *taken)

    cpdef enum:
        FRAMING_NONE
        FRAMING_AUDIOSOCKET
        FRAMING_WEBSOCKET
        FRAMING_WEBSOCKET_CLIENT
        FEED_MESSAGE
        FEED_DIGIT
        FEED_REACHED
        FEED_DRAINED
        FEED_FILLED
        FEED_CLOSED
        CLOSED_BY_PROGRAM
        CLOSED_FOR_NONSENSE
        CLOSED_FOR_SLOWNESS


cdef class Feeds(Commands):
    """Streams whose party is behind a descriptor."""

    def open(self, int fd, int framing, int codec, int rate, bint is_modem):
        cdef feed_plan plan
        cdef uint32_t numbers[3]
        cdef uint32_t id = 0
        plan.fd, plan.framing, plan.codec, plan.rate = fd, framing, codec, rate
        plan.is_modem = is_modem
        fill_random(numbers)
        slot = pump_open_feed(self.at, &plan, numbers, &id)
        if slot < 0:
            raise MemoryError
        return slot, id

    def attach(self, int slot, int fd, bytes greeting, bytearray first):
        pump_attach_feed(self.at, slot, fd, <const uint8_t *>PyBytes_AS_STRING(greeting),
                         <int>len(greeting), <uint8_t *>PyByteArray_AS_STRING(first),
                         <int>len(first))

    def send(self, int slot, bytes frame):
        pump_send_to_feed(self.at, slot, <const uint8_t *>PyBytes_AS_STRING(frame),
                          <int>len(frame))

    def take_message(self, int slot):
        cdef feed_message *one = pump_take_message(self.at, slot)
        if one == NULL:
            return None
        taken = (one.kind, PyBytes_FromStringAndSize(<const char *>one.bytes, one.size),
                 one.position)
        free(one)
        return taken

    def press(self, int slot, str digit, uint32_t duration):
        pump_press_for_feed(self.at, slot, <char>ord(digit), duration)

    def mark(self, int slot, uint64_t position, int64_t number):
        return pump_mark_feed(self.at, slot, position, number) != 0

    def tell_drained(self, int slot):
        pump_tell_drained(self.at, slot)

    def flush(self, int slot, uint64_t position):
        pump_flush_feed(self.at, slot, position)

    def pause(self, int slot, bint paused):
        pump_pause_feed(self.at, slot, paused)

    def direct(self, int slot, bint sends, bint receives):
        pump_direct_feed(self.at, slot, sends, receives)

    def measure(self, int slot):
        cdef uint64_t put = 0, taken = 0
        pump_measure_feed(self.at, slot, &put, &taken)
        return put, taken

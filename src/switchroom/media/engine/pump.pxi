"""The thread of pump.h, its streams and what they tell."""

cdef extern from "commands.h" nogil:
    ctypedef struct media_event:
        uint32_t stream
        int kind
        int64_t a, b

    ctypedef struct stream_counters:
        uint64_t packets_sent, packets_received, octets_sent, octets_received, packets_dropped
        int64_t packets_lost
        double jitter, round_trip

    ctypedef struct pump:
        int notify
        uint64_t ticks, ticks_late

    pump *pump_new(int first_port, int last_port, uint32_t seed)
    void pump_free(pump *self)
    void pump_run(pump *self)
    int pump_make_realtime(int priority)
    void pump_step(pump *self, int64_t now)
    void pump_stop(pump *self)
    int pump_open(pump *self, const char *host, const stream_plan *plan, const uint32_t *random,
                  uint32_t *id, int *port)
    int pump_open_pipe(pump *self, const uint32_t *random, int *slots, uint32_t *ids)
    void pump_close(pump *self, int slot)
    void pump_update(pump *self, int slot, const stream_plan *plan)
    void pump_connect(pump *self, int first, int second, int join)
    int pump_is_connected(pump *self, int slot)
    void pump_set_echo(pump *self, int slot, int echo)
    void pump_set_gains(pump *self, int slot, int said, int heard)
    void pump_count(pump *self, int slot, stream_counters *counters)
    int pump_events(pump *self, media_event *events, int room)

    cpdef enum:
        RTP_TIMED_OUT
        UNITY


cdef extern from "quality_commands.h" nogil:
    int pump_is_free(pump *self, int slot)


cdef enum:
    EVENTS_AT_ONCE = 256


cdef class Pump:
    """A thread of audio; its streams are named by their slots, and its properties are what else they do."""

    cdef pump *at
    cdef bint _running

    def __cinit__(self, int first_port, int last_port):
        self.at = pump_new(first_port, last_port, secrets.randbits(31))
        if self.at == NULL:
            raise OSError("the media engine gets no descriptors or no memory")

    def __dealloc__(self):
        if self.at != NULL and not self._running:
            pump_free(self.at)

    @property
    def notify_fd(self):
        return self.at.notify

    @property
    def ticks(self):
        return self.at.ticks, self.at.ticks_late

    def run(self, int priority):
        cdef bint realtime = pump_make_realtime(priority) == 0
        self._running = True
        with nogil:
            pump_run(self.at)
        self._running = False
        return realtime

    def step(self, int64_t now):
        pump_step(self.at, now)

    def stop(self):
        pump_stop(self.at)

    def events(self):
        cdef media_event found[EVENTS_AT_ONCE]
        cdef int count = pump_events(self.at, found, EVENTS_AT_ONCE)
        return [(found[i].stream, found[i].kind, found[i].a, found[i].b) for i in range(count)]

    def open(self, str host, tuple plan):
        cdef stream_plan filled
        cdef uint32_t numbers[3]
        cdef uint32_t id = 0
        cdef int port = 0
        fill_plan(&filled, plan)
        fill_random(numbers)
        slot = pump_open(self.at, host.encode(), &filled, numbers, &id, &port)
        return slot, id, port

    def open_between(self, str host, tuple plan, int first_port, int last_port):
        cdef stream_plan filled
        cdef uint32_t numbers[3]
        cdef uint32_t id = 0
        cdef int port = 0
        fill_plan(&filled, plan)
        fill_random(numbers)
        slot = pump_open_between(self.at, first_port, last_port, host.encode(), &filled, numbers,
                                 &id, &port)
        return slot, id, port

    def open_pipe(self):
        cdef uint32_t numbers[3]
        cdef int slots[2]
        cdef uint32_t ids[2]
        fill_random(numbers)
        if pump_open_pipe(self.at, numbers, slots, ids):
            raise MemoryError
        return (slots[0], ids[0]), (slots[1], ids[1])

    def close(self, int slot):
        pump_close(self.at, slot)

    def update(self, int slot, tuple plan):
        cdef stream_plan filled
        fill_plan(&filled, plan)
        pump_update(self.at, slot, &filled)

    def connect(self, int first, int second):
        pump_connect(self.at, first, second, 1)

    def disconnect(self, int first, int second):
        pump_connect(self.at, first, second, 0)

    def is_connected(self, int slot):
        return pump_is_connected(self.at, slot) != 0

    def set_echo(self, int slot, bint enabled):
        pump_set_echo(self.at, slot, enabled)

    def set_gains(self, int slot, int said, int heard):
        pump_set_gains(self.at, slot, said, heard)

    def statistics(self, int slot):
        cdef stream_counters found
        pump_count(self.at, slot, &found)
        return (found.packets_sent, found.packets_received, found.octets_sent,
                found.octets_received, found.packets_dropped, found.packets_lost,
                found.jitter, found.round_trip if found.round_trip >= 0 else None)

    def is_free(self, int slot):
        return pump_is_free(self.at, slot) != 0

    @property
    def playing(self):
        return Playing(self)

    @property
    def recording(self):
        return Recording(self)

    @property
    def listening(self):
        return Listening(self)

    @property
    def mixes(self):
        return Mixes(self)

    @property
    def passages(self):
        return Passages(self)

    @property
    def feeds(self):
        return Feeds(self)

    @property
    def reaching(self):
        return Reaching(self)

    @property
    def detecting(self):
        return Detecting(self)

    @property
    def quality(self):
        return Quality(self)


cdef class Commands:
    """Some of what the pump may be asked; holds it, and no more."""

    cdef Pump _of
    cdef pump *at

    def __init__(self, Pump of):
        self._of = of
        self.at = of.at

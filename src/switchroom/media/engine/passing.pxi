"""Media that are passed on as they come."""

cdef extern from "passing_commands.h" nogil:
    int pump_open_between(pump *self, int first_port, int last_port, const char *host,
                          const stream_plan *plan, const uint32_t *random, uint32_t *id,
                          int *port)
    void pump_show(pump *self, int watcher, int shown, int64_t picture_pause)


cdef class Passages(Commands):
    """Streams of video, and of datagrams."""

    def open(self, str host, tuple values, tuple ports):
        cdef stream_plan filled
        cdef uint32_t numbers[3]
        cdef uint32_t id = 0
        cdef int port = 0
        fill_passage(&filled, values)
        fill_random(numbers)
        if ports:
            slot = pump_open_between(self.at, ports[0], ports[1], host.encode(), &filled,
                                     numbers, &id, &port)
        else:
            slot = pump_open(self.at, host.encode(), &filled, numbers, &id, &port)
        return slot, id, port

    def update(self, int slot, tuple values):
        cdef stream_plan filled
        fill_passage(&filled, values)
        pump_update(self.at, slot, &filled)

    def show(self, int watcher, int shown, int64_t picture_pause):
        pump_show(self.at, watcher, shown, picture_pause)

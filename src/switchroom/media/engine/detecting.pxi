"""What is found in the party's audio, or taken out of it."""

cdef extern from "commands.h" nogil:
    void pump_detect_talk(pump *self, int slot, int enabled, uint32_t max_pause, int level)

    cpdef enum:
        TALKING_BEGAN
        TALKING_ENDED


cdef extern from "tone_watch_commands.h" nogil:
    ctypedef struct tone_watch:
        int64_t number
        double hertz[2]
        double ratio
        uint32_t wanted
        int is_heard

    int pump_watch_tone(pump *self, int slot, const tone_watch *wanted)
    void pump_unwatch_tone(pump *self, int slot, int64_t number)

    cpdef enum:
        TONE_HEARD
        TONE_ENDED


cdef extern from "cleaning_commands.h" nogil:
    int cleaning_load(const char *path)
    int pump_clean(pump *self, int slot, int direction, int denoises, float level)

    cpdef enum:
        CLEAN_SAID
        CLEAN_HEARD


cdef extern from "disguise_commands.h" nogil:
    int pump_disguise(pump *self, int slot, int direction, int inverts, double pitch)


cdef extern from "digit_detector.h" nogil:
    ctypedef struct key_detector:
        int key
        uint32_t length
    const char KEYS[17]
    int KEY_BLOCK, KEY_BEGAN, KEY_ENDED
    void key_detector_init()
    void key_detector_reset(key_detector *self)
    int key_detector_hear(key_detector *self, const int16_t *samples)


def load_cleaning(str path):
    """Open the library; returns whether it has what is needed."""
    return cleaning_load(path.encode()) == 0


def find_keys(bytes samples):
    """The keys in audio at 8,000 Hz: each with the sample at which it was known, and its length."""
    cdef key_detector detector
    cdef const int16_t *at = <const int16_t *>PyBytes_AS_STRING(samples)
    cdef Py_ssize_t block, count = len(samples) // (2 * KEY_BLOCK)
    cdef int what
    known = 0
    found = []
    key_detector_init()
    key_detector_reset(&detector)
    for block in range(count):
        what = key_detector_hear(&detector, at + block * KEY_BLOCK)
        if what == KEY_BEGAN:
            known = (block + 1) * KEY_BLOCK
        elif what == KEY_ENDED:
            found.append((chr(KEYS[detector.key]), known, detector.length))
    return found


cdef class Detecting(Commands):
    """Talking, tones and noise."""

    def detect_talking(self, int slot, bint enabled, uint32_t max_pause, int level):
        pump_detect_talk(self.at, slot, enabled, max_pause, level)

    def watch_tone(self, int slot, int64_t number, double first, double second, double ratio,
                   uint32_t wanted, bint is_heard):
        cdef tone_watch watch
        memset(&watch, 0, sizeof(watch))
        watch.number = number
        watch.hertz[0] = first
        watch.hertz[1] = second
        watch.ratio = ratio
        watch.wanted = wanted
        watch.is_heard = is_heard
        if pump_watch_tone(self.at, slot, &watch):
            raise MemoryError

    def unwatch_tone(self, int slot, int64_t number):
        pump_unwatch_tone(self.at, slot, number)

    def clean(self, int slot, int direction, bint denoises, float level):
        if pump_clean(self.at, slot, direction, denoises, level):
            raise MemoryError

    def disguise(self, int slot, int direction, bint inverts, double pitch):
        if pump_disguise(self.at, slot, direction, inverts, pitch):
            raise MemoryError

# cython: language_level=3
"""The thread of pump.h as a class: commands by slot, events as tuples."""

from libc.stdint cimport int16_t, int64_t, uint8_t, uint32_t, uint64_t, uintptr_t
from libc.stdlib cimport free
from libc.string cimport memcpy, memset
from cpython.bytearray cimport PyByteArray_AS_STRING
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize

import secrets


cdef extern from *:
    """
    #ifndef _GNU_SOURCE
    #define _GNU_SOURCE
    #endif
    """

cdef extern from "sys/socket.h":
    cdef struct sockaddr_storage:
        pass
    ctypedef uint32_t socklen_t

cdef extern from "../codecs/coder.h" nogil:
    ctypedef struct codec_kind:
        int (*load)(const char *path)
    const codec_kind CODEC_KINDS[6]

cdef extern from "commands.h" nogil:
    ctypedef struct media_event:
        uint32_t stream
        int kind
        int64_t a, b

    ctypedef struct opus_terms:
        int bitrate, playback_rate, has_no_fec, is_constant

    ctypedef struct stream_plan:
        opus_terms opus
        int carries
        unsigned char video_types[8]
        int codec, payload_type, event_type, packet_samples, sends, receives, symmetric
        int rate, clock, event_clock, hears_tones, comfort_type
        uint32_t timeout, keep_alive
        sockaddr_storage remote
        socklen_t remote_size
        int is_muxed
        int is_sealed
        int is_keyed_by_dtls
        int is_awaited
        void *seal
        void *open
        void *seal_reports
        void *open_reports

    ctypedef int (*srtp_work)(void *context, void *packet, int *size)

    ctypedef struct srtp_functions:
        srtp_work protect, unprotect, protect_rtcp, unprotect_rtcp

    srtp_functions srtp

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
    int read_address(const char *host, int port, sockaddr_storage *address)
    int pump_open(pump *self, const char *host, const stream_plan *plan, const uint32_t *random,
                  uint32_t *id, int *port)
    int pump_open_pipe(pump *self, const uint32_t *random, int *slots, uint32_t *ids)
    void pump_connect(pump *self, int first, int second, int join)
    int pump_is_connected(pump *self, int slot)
    void pump_close(pump *self, int slot)
    void pump_update(pump *self, int slot, const stream_plan *plan)
    void pump_play(pump *self, int slot, const int16_t *samples, uint32_t count,
                   const int16_t *wide, uint32_t wide_count, int wide_rate, int64_t number)
    void pump_stop_playback(pump *self, int slot, int64_t number)
    int pump_send_digit(pump *self, int slot, char digit, uint32_t duration)
    void pump_set_echo(pump *self, int slot, int echo)
    void pump_keep_digits(pump *self, int slot, int keeps)
    int pump_play_background(pump *self, int slot, const int16_t *samples, uint32_t count,
                             int64_t number, int loops)
    void pump_stop_background(pump *self, int slot)
    void pump_set_gains(pump *self, int slot, int said, int heard)
    void pump_detect_talk(pump *self, int slot, int enabled, uint32_t max_pause, int level)
    int pump_record(pump *self, int slot, int64_t number, uint32_t max_silence,
                    uint32_t max_length)
    int pump_recorded(pump *self, int slot)
    int pump_drain(pump *self, int slot, int16_t *samples, int room)
    void pump_stop_recording(pump *self, int slot)
    void pump_forget_recording(pump *self, int slot)
    void pump_count(pump *self, int slot, stream_counters *counters)
    int pump_events(pump *self, media_event *events, int room)

    int _DTMF_BEGAN "DTMF_BEGAN"
    int _DTMF_ENDED "DTMF_ENDED"
    int _PLAYBACK_ENDED "PLAYBACK_ENDED"
    int _RECORDING_ENDED "RECORDING_ENDED"
    int _TALKING_BEGAN "TALKING_BEGAN"
    int _TALKING_ENDED "TALKING_ENDED"
    int _RTP_TIMED_OUT "RTP_TIMED_OUT"
    int _PAIR_NOMINATED "PAIR_NOMINATED"
    int _HANDSHAKE_CAME "HANDSHAKE_CAME"
    int _END_FINISHED "END_FINISHED"
    int _RECORDING_SILENCE "RECORDING_SILENCE"
    int _RECORDING_LIMIT "RECORDING_LIMIT"
    int _SPY_SAID "SPY_SAID"
    int _SPY_HEARD "SPY_HEARD"
    int _SPY_WHISPERS "SPY_WHISPERS"
    int _SPY_BARGES "SPY_BARGES"
    int _UNITY "UNITY"

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
    int _BUFFER_AUTO "BUFFER_AUTO"
    int _BUFFER_ADAPTIVE "BUFFER_ADAPTIVE"
    int _BUFFER_FIXED "BUFFER_FIXED"
    void pump_trace(pump *self, int wanted)
    void pump_configure(pump *self, const engine_settings *settings)
    void pump_tell_reports(pump *self, int wanted)
    void pump_quality(pump *self, int slot, stream_quality *quality, uint32_t *ours,
                      uint32_t *theirs)
    int pump_is_free(pump *self, int slot)
    int pump_target(pump *self, int slot, char *host, int room)
    int _RTCP_SENT "RTCP_SENT"
    int _RTCP_HEARD "RTCP_HEARD"
    int _RTP_SENT "RTP_SENT"
    int _RTP_HEARD "RTP_HEARD"

cdef extern from "passing_commands.h" nogil:
    int pump_open_between(pump *self, int first_port, int last_port, const char *host,
                          const stream_plan *plan, const uint32_t *random, uint32_t *id,
                          int *port)
    void pump_show(pump *self, int watcher, int shown, int64_t picture_pause)
    int _CARRIES_VIDEO "CARRIES_VIDEO"
    int _CARRIES_DATAGRAMS "CARRIES_DATAGRAMS"
    int _NO_TYPE "NO_TYPE"
    int _VIDEO_CODECS "VIDEO_CODECS"

cdef extern from "cleaning_commands.h" nogil:
    int cleaning_load(const char *path)
    int pump_clean(pump *self, int slot, int direction, int denoises, float level)
    int _CLEAN_SAID "CLEAN_SAID"
    int _CLEAN_HEARD "CLEAN_HEARD"

cdef extern from "tone_watch_commands.h" nogil:
    ctypedef struct tone_watch:
        int64_t number
        double hertz[2]
        double ratio
        uint32_t wanted
        int is_heard

    int pump_watch_tone(pump *self, int slot, const tone_watch *wanted)
    void pump_unwatch_tone(pump *self, int slot, int64_t number)
    int _TONE_HEARD "TONE_HEARD"
    int _TONE_ENDED "TONE_ENDED"

cdef extern from "digit_detector.h" nogil:
    ctypedef struct key_detector:
        int key
        uint32_t length
    const char KEYS[17]
    int KEY_BLOCK, KEY_BEGAN, KEY_ENDED
    void key_detector_init()
    void key_detector_reset(key_detector *self)
    int key_detector_hear(key_detector *self, const int16_t *samples)

cdef extern from "listening_commands.h" nogil:
    void pump_spy(pump *self, int slot, int target, int how)
    int pump_add_tap(pump *self, int slot, int64_t number, int only_connected)
    void pump_pause_tap(pump *self, int slot, int64_t number, int paused)
    int pump_tapped(pump *self, int slot, int64_t number, uint32_t *lost)
    int pump_drain_tap(pump *self, int slot, int64_t number, int16_t *said, int16_t *heard,
                       int room)
    void pump_remove_tap(pump *self, int slot, int64_t number)

cdef extern from "mixing_commands.h" nogil:
    ctypedef struct seat_plan:
        int talks, hears, gain_talk, gain_listen, drops_silence, level, pause, buffers

    int pump_open_mix(pump *self, int limit)
    int pump_join_mix(pump *self, int number, int slot, const seat_plan *plan)
    void pump_leave_mix(pump *self, int number, int slot)
    void pump_close_mix(pump *self, int number)
    int pump_mix_rate(pump *self, int number)

cdef extern from "feed_commands.h" nogil:
    ctypedef struct feed_plan:
        int fd, framing, codec, rate

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
    int _FRAMING_NONE "FRAMING_NONE"
    int _FRAMING_AUDIOSOCKET "FRAMING_AUDIOSOCKET"
    int _FRAMING_WEBSOCKET "FRAMING_WEBSOCKET"
    int _FRAMING_WEBSOCKET_CLIENT "FRAMING_WEBSOCKET_CLIENT"
    int _FEED_MESSAGE "FEED_MESSAGE"
    int _FEED_DIGIT "FEED_DIGIT"
    int _FEED_REACHED "FEED_REACHED"
    int _FEED_DRAINED "FEED_DRAINED"
    int _FEED_FILLED "FEED_FILLED"
    int _FEED_CLOSED "FEED_CLOSED"
    int _CLOSED_BY_PROGRAM "CLOSED_BY_PROGRAM"
    int _CLOSED_FOR_NONSENSE "CLOSED_FOR_NONSENSE"
    int _CLOSED_FOR_SLOWNESS "CLOSED_FOR_SLOWNESS"

cdef extern from "reaching_commands.h" nogil:
    enum:
        ICE_UFRAG
        ICE_PASSWORD
        ICE_REMOTE

    ctypedef struct ice_agent:
        uint8_t ufrag[64]
        uint8_t password[64]
        uint8_t remote[256]
        int ufrag_size, password_size, remote_size

    ctypedef struct handshake:
        sockaddr_storage _from "from"
        int component, size
        uint8_t *bytes

    int pump_set_ice(pump *self, int slot, const ice_agent *credentials)
    int write_address(const sockaddr_storage *address, char *host, int room)
    handshake *pump_take_handshake(pump *self, int slot)
    void pump_learn(pump *self, int slot, const sockaddr_storage *address, socklen_t size)
    int pump_send_handshake(pump *self, int slot, int component, const uint8_t *bytes, int size,
                            const sockaddr_storage *to, socklen_t to_size)


DTMF_BEGAN = _DTMF_BEGAN
DTMF_ENDED = _DTMF_ENDED
PLAYBACK_ENDED = _PLAYBACK_ENDED
RECORDING_ENDED = _RECORDING_ENDED
TALKING_BEGAN = _TALKING_BEGAN
TALKING_ENDED = _TALKING_ENDED
RTP_TIMED_OUT = _RTP_TIMED_OUT
PAIR_NOMINATED = _PAIR_NOMINATED
HANDSHAKE_CAME = _HANDSHAKE_CAME
RTCP_SENT = _RTCP_SENT
CARRIES_VIDEO = _CARRIES_VIDEO
CARRIES_DATAGRAMS = _CARRIES_DATAGRAMS
NO_TYPE = _NO_TYPE
VIDEO_CODECS = _VIDEO_CODECS
RTCP_HEARD = _RTCP_HEARD
RTP_SENT = _RTP_SENT
CLEAN_SAID = _CLEAN_SAID
CLEAN_HEARD = _CLEAN_HEARD
TONE_HEARD = _TONE_HEARD
TONE_ENDED = _TONE_ENDED
BUFFER_AUTO = _BUFFER_AUTO
BUFFER_ADAPTIVE = _BUFFER_ADAPTIVE
BUFFER_FIXED = _BUFFER_FIXED
RTP_HEARD = _RTP_HEARD
FRAMING_NONE = _FRAMING_NONE
FRAMING_AUDIOSOCKET = _FRAMING_AUDIOSOCKET
FRAMING_WEBSOCKET = _FRAMING_WEBSOCKET
FRAMING_WEBSOCKET_CLIENT = _FRAMING_WEBSOCKET_CLIENT
FEED_MESSAGE = _FEED_MESSAGE
FEED_DIGIT = _FEED_DIGIT
FEED_REACHED = _FEED_REACHED
FEED_DRAINED = _FEED_DRAINED
FEED_FILLED = _FEED_FILLED
FEED_CLOSED = _FEED_CLOSED
CLOSED_BY_PROGRAM = _CLOSED_BY_PROGRAM
CLOSED_FOR_NONSENSE = _CLOSED_FOR_NONSENSE
CLOSED_FOR_SLOWNESS = _CLOSED_FOR_SLOWNESS
END_FINISHED = _END_FINISHED
RECORDING_SILENCE = _RECORDING_SILENCE
RECORDING_LIMIT = _RECORDING_LIMIT
SPY_SAID = _SPY_SAID
SPY_HEARD = _SPY_HEARD
SPY_WHISPERS = _SPY_WHISPERS
SPY_BARGES = _SPY_BARGES
UNITY = _UNITY

cdef enum:
    EVENTS_AT_ONCE = 256


def load_codec(int codec, str path):
    """Open the codec's library; returns whether it has what is needed."""
    return CODEC_KINDS[codec].load != NULL and CODEC_KINDS[codec].load(path.encode()) == 0


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


cdef int fill_plan(stream_plan *plan, tuple values) except -1:
    (codec, payload_type, event_type, packet_samples, sends, receives, symmetric, timeout,
     address, is_muxed, is_sealed, is_keyed_by_dtls, seal, unseal, seal_reports, open_reports,
     rate, clock, event_clock, keep_alive, hears_tones, is_awaited, comfort_type,
     bitrate, playback_rate, has_no_fec, is_constant) = values
    memset(plan, 0, sizeof(stream_plan))
    plan.codec = codec
    plan.payload_type = payload_type
    plan.event_type = event_type
    plan.packet_samples = packet_samples
    plan.sends = sends
    plan.receives = receives
    plan.symmetric = symmetric
    plan.timeout = timeout
    plan.rate = rate
    plan.clock = clock
    plan.event_clock = event_clock
    plan.keep_alive = keep_alive
    plan.hears_tones = hears_tones
    plan.is_awaited = is_awaited
    plan.comfort_type = comfort_type
    plan.opus.bitrate = bitrate
    plan.opus.playback_rate = playback_rate
    plan.opus.has_no_fec = has_no_fec
    plan.opus.is_constant = is_constant
    if address is not None:
        host, port = address
        plan.remote_size = read_address(host.encode(), port, &plan.remote)
    plan.is_muxed = is_muxed
    plan.is_sealed = is_sealed
    plan.seal = <void *><uintptr_t>seal
    plan.is_keyed_by_dtls = is_keyed_by_dtls
    plan.open = <void *><uintptr_t>unseal
    plan.seal_reports = <void *><uintptr_t>seal_reports
    plan.open_reports = <void *><uintptr_t>open_reports
    return 0


cdef int fill_passage(stream_plan *plan, tuple values) except -1:
    (carries, video_types, sends, receives, symmetric, clock, address, is_muxed, is_sealed, seal,
     unseal) = values
    memset(plan, 0, sizeof(stream_plan))
    plan.carries = carries
    for codec in range(_VIDEO_CODECS):
        plan.video_types[codec] = video_types[codec]
    plan.sends = sends
    plan.receives = receives
    plan.symmetric = symmetric
    plan.rate = plan.event_clock = 8000
    plan.event_type = plan.comfort_type = -1
    plan.clock = clock
    if address is not None:
        host, port = address
        plan.remote_size = read_address(host.encode(), port, &plan.remote)
    plan.is_muxed = is_muxed
    plan.is_sealed = is_sealed
    plan.seal = <void *><uintptr_t>seal
    plan.seal_reports = plan.seal
    plan.open_reports = plan.open = <void *><uintptr_t>unseal
    return 0


def use_srtp(uintptr_t protect, uintptr_t unprotect, uintptr_t protect_rtcp,
             uintptr_t unprotect_rtcp):
    srtp.protect = <srtp_work>protect
    srtp.unprotect = <srtp_work>unprotect
    srtp.protect_rtcp = <srtp_work>protect_rtcp
    srtp.unprotect_rtcp = <srtp_work>unprotect_rtcp


cdef int fill_random(uint32_t *numbers) except -1:
    cdef object drawn = secrets.randbits(96)
    numbers[0] = drawn & 0xFFFFFFFF
    numbers[1] = (drawn >> 32) & 0xFFFFFFFF
    numbers[2] = (drawn >> 64) & 0xFFFFFFFF
    return 0


cdef class Pump:
    cdef pump *_pump
    cdef bint _running

    def __cinit__(self, int first_port, int last_port):
        self._pump = pump_new(first_port, last_port, secrets.randbits(31))
        if self._pump == NULL:
            raise OSError("the media engine gets no descriptors or no memory")

    def __dealloc__(self):
        if self._pump != NULL and not self._running:
            pump_free(self._pump)

    @property
    def notify_fd(self):
        return self._pump.notify

    @property
    def ticks(self):
        return self._pump.ticks, self._pump.ticks_late

    def run(self, int priority):
        cdef bint realtime = pump_make_realtime(priority) == 0
        self._running = True
        with nogil:
            pump_run(self._pump)
        self._running = False
        return realtime

    def step(self, int64_t now):
        pump_step(self._pump, now)

    def stop(self):
        pump_stop(self._pump)

    def open(self, str host, tuple plan):
        cdef stream_plan filled
        cdef uint32_t numbers[3]
        cdef uint32_t id = 0
        cdef int port = 0
        fill_plan(&filled, plan)
        fill_random(numbers)
        slot = pump_open(self._pump, host.encode(), &filled, numbers, &id, &port)
        return slot, id, port

    def open_passage(self, str host, tuple values, tuple ports):
        cdef stream_plan filled
        cdef uint32_t numbers[3]
        cdef uint32_t id = 0
        cdef int port = 0
        fill_passage(&filled, values)
        fill_random(numbers)
        if ports:
            slot = pump_open_between(self._pump, ports[0], ports[1], host.encode(), &filled,
                                     numbers, &id, &port)
        else:
            slot = pump_open(self._pump, host.encode(), &filled, numbers, &id, &port)
        return slot, id, port

    def update_passage(self, int slot, tuple values):
        cdef stream_plan filled
        fill_passage(&filled, values)
        pump_update(self._pump, slot, &filled)

    def show(self, int watcher, int shown, int64_t picture_pause):
        pump_show(self._pump, watcher, shown, picture_pause)

    def open_pipe(self):
        cdef uint32_t numbers[3]
        cdef int slots[2]
        cdef uint32_t ids[2]
        fill_random(numbers)
        if pump_open_pipe(self._pump, numbers, slots, ids):
            raise MemoryError
        return (slots[0], ids[0]), (slots[1], ids[1])

    def open_feed(self, int fd, int framing, int codec, int rate):
        cdef feed_plan plan
        cdef uint32_t numbers[3]
        cdef uint32_t id = 0
        plan.fd, plan.framing, plan.codec, plan.rate = fd, framing, codec, rate
        fill_random(numbers)
        slot = pump_open_feed(self._pump, &plan, numbers, &id)
        if slot < 0:
            raise MemoryError
        return slot, id

    def attach_feed(self, int slot, int fd, bytes greeting, bytearray first):
        pump_attach_feed(self._pump, slot, fd, <const uint8_t *>PyBytes_AS_STRING(greeting),
                         <int>len(greeting), <uint8_t *>PyByteArray_AS_STRING(first),
                         <int>len(first))

    def send_to_feed(self, int slot, bytes frame):
        pump_send_to_feed(self._pump, slot, <const uint8_t *>PyBytes_AS_STRING(frame),
                          <int>len(frame))

    def take_message(self, int slot):
        cdef feed_message *one = pump_take_message(self._pump, slot)
        if one == NULL:
            return None
        taken = (one.kind, PyBytes_FromStringAndSize(<const char *>one.bytes, one.size),
                 one.position)
        free(one)
        return taken

    def press_for_feed(self, int slot, str digit, uint32_t duration):
        pump_press_for_feed(self._pump, slot, <char>ord(digit), duration)

    def mark_feed(self, int slot, uint64_t position, int64_t number):
        return pump_mark_feed(self._pump, slot, position, number) != 0

    def tell_drained(self, int slot):
        pump_tell_drained(self._pump, slot)

    def flush_feed(self, int slot, uint64_t position):
        pump_flush_feed(self._pump, slot, position)

    def pause_feed(self, int slot, bint paused):
        pump_pause_feed(self._pump, slot, paused)

    def direct_feed(self, int slot, bint sends, bint receives):
        pump_direct_feed(self._pump, slot, sends, receives)

    def measure_feed(self, int slot):
        cdef uint64_t put = 0, taken = 0
        pump_measure_feed(self._pump, slot, &put, &taken)
        return put, taken

    def connect(self, int first, int second):
        pump_connect(self._pump, first, second, 1)

    def disconnect(self, int first, int second):
        pump_connect(self._pump, first, second, 0)

    def is_connected(self, int slot):
        return pump_is_connected(self._pump, slot) != 0

    def close(self, int slot):
        pump_close(self._pump, slot)

    def update(self, int slot, tuple plan):
        cdef stream_plan filled
        fill_plan(&filled, plan)
        pump_update(self._pump, slot, &filled)

    def play(self, int slot, bytes samples, int64_t playback, bytes wide=None, int wide_rate=0):
        cdef const int16_t *more = NULL
        cdef uint32_t count = 0
        if wide is not None:
            more = <const int16_t *>PyBytes_AS_STRING(wide)
            count = <uint32_t>(len(wide) // 2)
        pump_play(self._pump, slot, <const int16_t *>PyBytes_AS_STRING(samples),
                  <uint32_t>(len(samples) // 2), more, count, wide_rate, playback)

    def stop_playback(self, int slot, int64_t playback):
        pump_stop_playback(self._pump, slot, playback)

    def send_digit(self, int slot, str digit, uint32_t duration):
        return pump_send_digit(self._pump, slot, <char>ord(digit), duration) != 0

    def set_echo(self, int slot, bint enabled):
        pump_set_echo(self._pump, slot, enabled)

    def keep_digits(self, int slot, bint enabled):
        pump_keep_digits(self._pump, slot, enabled)

    def play_background(self, int slot, bytes samples, int64_t playback, bint loops):
        return pump_play_background(self._pump, slot, <const int16_t *>PyBytes_AS_STRING(samples),
                                    <uint32_t>(len(samples) // 2), playback, loops) != 0

    def stop_background(self, int slot):
        pump_stop_background(self._pump, slot)

    def set_gains(self, int slot, int said, int heard):
        pump_set_gains(self._pump, slot, said, heard)

    def detect_talking(self, int slot, bint enabled, uint32_t max_pause, int level):
        pump_detect_talk(self._pump, slot, enabled, max_pause, level)

    def set_ice(self, int slot, bytes ufrag, bytes password, bytes remote):
        cdef ice_agent agent
        if (not 0 < len(ufrag) <= ICE_UFRAG or not 0 < len(password) <= ICE_PASSWORD
                or len(remote) > ICE_REMOTE):
            raise ValueError("credentials of ICE that are too long, or none")
        memset(&agent, 0, sizeof(agent))
        memcpy(agent.ufrag, PyBytes_AS_STRING(ufrag), <size_t>len(ufrag))
        memcpy(agent.password, PyBytes_AS_STRING(password), <size_t>len(password))
        memcpy(agent.remote, PyBytes_AS_STRING(remote), <size_t>len(remote))
        agent.ufrag_size = <int>len(ufrag)
        agent.password_size = <int>len(password)
        agent.remote_size = <int>len(remote)
        if pump_set_ice(self._pump, slot, &agent):
            raise MemoryError

    def clear_ice(self, int slot):
        pump_set_ice(self._pump, slot, NULL)

    def take_handshake(self, int slot):
        cdef char host[64]
        cdef handshake *one = pump_take_handshake(self._pump, slot)
        if one == NULL:
            return None
        cdef int port = write_address(&one._from, host, sizeof(host))
        cdef bytes data = PyBytes_FromStringAndSize(<const char *>one.bytes, one.size)
        component = one.component
        free(one)
        return component, (host.decode(), port), data

    def learn(self, int slot, tuple address):
        cdef sockaddr_storage found
        host, port = address
        cdef socklen_t size = read_address(host.encode(), port, &found)
        if size:
            pump_learn(self._pump, slot, &found, size)

    def send_handshake(self, int slot, int component, tuple address, bytes data):
        cdef sockaddr_storage to
        cdef socklen_t size = 0
        memset(&to, 0, sizeof(to))
        if address is not None:
            host, port = address
            size = read_address(host.encode(), port, &to)
        return pump_send_handshake(self._pump, slot, component,
                                   <const uint8_t *>PyBytes_AS_STRING(data), <int>len(data),
                                   &to, size) != 0

    def spy(self, int slot, int target, int how):
        pump_spy(self._pump, slot, target, how)

    def add_tap(self, int slot, int64_t number, bint only_connected):
        if pump_add_tap(self._pump, slot, number, only_connected):
            raise MemoryError

    def pause_tap(self, int slot, int64_t number, bint paused):
        pump_pause_tap(self._pump, slot, number, paused)

    def drain_tap(self, int slot, int64_t number):
        cdef uint32_t lost = 0
        cdef int room = pump_tapped(self._pump, slot, number, &lost)
        cdef bytes said = PyBytes_FromStringAndSize(NULL, 2 * room)
        cdef bytes heard = PyBytes_FromStringAndSize(NULL, 2 * room)
        cdef int count = pump_drain_tap(self._pump, slot, number,
                                        <int16_t *>PyBytes_AS_STRING(said),
                                        <int16_t *>PyBytes_AS_STRING(heard), room)
        return said[:2 * count], heard[:2 * count], lost

    def remove_tap(self, int slot, int64_t number):
        pump_remove_tap(self._pump, slot, number)

    def open_mix(self, int limit):
        cdef int number = pump_open_mix(self._pump, limit)
        if number < 0:
            raise MemoryError
        return number

    def join_mix(self, int number, int slot, tuple plan):
        cdef seat_plan filled
        (filled.talks, filled.hears, filled.gain_talk, filled.gain_listen, filled.drops_silence,
         filled.level, filled.pause, filled.buffers) = plan
        if pump_join_mix(self._pump, number, slot, &filled):
            raise MemoryError

    def leave_mix(self, int number, int slot):
        pump_leave_mix(self._pump, number, slot)

    def close_mix(self, int number):
        pump_close_mix(self._pump, number)

    def mix_rate(self, int number):
        return pump_mix_rate(self._pump, number)

    def record(self, int slot, int64_t number, uint32_t max_silence, uint32_t max_length):
        if pump_record(self._pump, slot, number, max_silence, max_length):
            raise MemoryError

    def drain(self, int slot):
        cdef int room = pump_recorded(self._pump, slot)
        cdef bytes samples = PyBytes_FromStringAndSize(NULL, 2 * room)
        cdef int count = pump_drain(self._pump, slot, <int16_t *>PyBytes_AS_STRING(samples), room)
        return samples if count == room else samples[:2 * count]

    def stop_recording(self, int slot):
        pump_stop_recording(self._pump, slot)

    def forget_recording(self, int slot):
        pump_forget_recording(self._pump, slot)

    def statistics(self, int slot):
        cdef stream_counters found
        pump_count(self._pump, slot, &found)
        return (found.packets_sent, found.packets_received, found.octets_sent,
                found.octets_received, found.packets_dropped, found.packets_lost,
                found.jitter, found.round_trip if found.round_trip >= 0 else None)

    def buffer(self, int slot, int buffering, int delay):
        pump_buffer(self._pump, slot, buffering, delay)

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
        if pump_watch_tone(self._pump, slot, &watch):
            raise MemoryError

    def unwatch_tone(self, int slot, int64_t number):
        pump_unwatch_tone(self._pump, slot, number)

    def clean(self, int slot, int direction, bint denoises, float level):
        if pump_clean(self._pump, slot, direction, denoises, level):
            raise MemoryError

    def trace(self, bint wanted):
        pump_trace(self._pump, wanted)

    def configure(self, uint32_t rtcp_ticks, int learn_packets, bint is_strict,
                  uint32_t digit_lost, bint has_no_checksums):
        cdef engine_settings settings
        settings.rtcp_ticks = rtcp_ticks
        settings.learn_packets = learn_packets
        settings.is_strict = is_strict
        settings.digit_lost = digit_lost
        settings.has_no_checksums = has_no_checksums
        pump_configure(self._pump, &settings)

    def tell_reports(self, bint wanted):
        pump_tell_reports(self._pump, wanted)

    def quality(self, int slot):
        cdef stream_quality found
        cdef uint32_t ours = 0, theirs = 0
        pump_quality(self._pump, slot, &found, &ours, &theirs)
        return ours, theirs, found.reported_lost, [
            (found.of[i].count, found.of[i].last, found.of[i].least, found.of[i].most,
             found.of[i].sum, found.of[i].squares) for i in range(QUALITY_SERIES)]

    def report(self, int slot, bint sent):
        cdef stream_quality found
        cdef uint32_t ours = 0, theirs = 0
        pump_quality(self._pump, slot, &found, &ours, &theirs)
        if sent:
            return PyBytes_FromStringAndSize(<char *>found.sent, found.sent_size)
        return PyBytes_FromStringAndSize(<char *>found.heard, found.heard_size)

    def is_free(self, int slot):
        return pump_is_free(self._pump, slot) != 0

    def target(self, int slot):
        cdef char host[64]
        cdef int port = pump_target(self._pump, slot, host, sizeof(host))
        return (host.decode(), port) if port else None

    def events(self):
        cdef media_event found[EVENTS_AT_ONCE]
        cdef int count = pump_events(self._pump, found, EVENTS_AT_ONCE)
        return [(found[i].stream, found[i].kind, found[i].a, found[i].b) for i in range(count)]

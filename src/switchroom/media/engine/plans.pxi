"""What was agreed on for a stream, from the numbers of plan.py and passage.py."""

cdef extern from "commands.h" nogil:
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
        int tos, priority
        int is_sealed
        int is_keyed_by_dtls
        int is_awaited
        void *seal
        void *open
        void *seal_reports
        void *open_reports

    int read_address(const char *host, int port, sockaddr_storage *address)

    cpdef enum:
        CARRIES_VIDEO
        CARRIES_DATAGRAMS
        NO_TYPE
        VIDEO_CODECS


cdef int fill_plan(stream_plan *plan, tuple values) except -1:
    (codec, payload_type, event_type, packet_samples, sends, receives, symmetric, timeout,
     address, is_muxed, tos, priority, is_sealed, is_keyed_by_dtls,
     seal, unseal, seal_reports, open_reports,
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
    plan.tos = tos
    plan.priority = priority
    plan.is_sealed = is_sealed
    plan.seal = <void *><uintptr_t>seal
    plan.is_keyed_by_dtls = is_keyed_by_dtls
    plan.open = <void *><uintptr_t>unseal
    plan.seal_reports = <void *><uintptr_t>seal_reports
    plan.open_reports = <void *><uintptr_t>open_reports
    return 0


cdef int fill_passage(stream_plan *plan, tuple values) except -1:
    (carries, video_types, sends, receives, symmetric, clock, address, is_muxed, tos, priority,
     is_sealed, is_keyed_by_dtls, seal, unseal, seal_reports, open_reports) = values
    memset(plan, 0, sizeof(stream_plan))
    plan.carries = carries
    for codec in range(VIDEO_CODECS):
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
    plan.tos = tos
    plan.priority = priority
    plan.is_sealed = is_sealed
    plan.is_keyed_by_dtls = is_keyed_by_dtls
    plan.seal = <void *><uintptr_t>seal
    plan.open = <void *><uintptr_t>unseal
    plan.seal_reports = <void *><uintptr_t>seal_reports
    plan.open_reports = <void *><uintptr_t>open_reports
    return 0


cdef int fill_random(uint32_t *numbers) except -1:
    cdef object drawn = secrets.randbits(96)
    numbers[0] = drawn & 0xFFFFFFFF
    numbers[1] = (drawn >> 32) & 0xFFFFFFFF
    numbers[2] = (drawn >> 64) & 0xFFFFFFFF
    return 0

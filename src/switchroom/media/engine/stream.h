/* One party's audio: its state, and how its packets leave. */
#ifndef SWITCHROOM_STREAM_H
#define SWITCHROOM_STREAM_H

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "../codecs/g711.h"
#include "address.h"
#include "coding.h"
#include "handshakes.h"
#include "ice.h"
#include "jitter.h"
#include "quality.h"
#include "rtp.h"
#include "settings.h"
#include "srtp.h"

#define RATE 8000
#define MAX_PACKET 1500
#define MAX_PACKET_SAMPLES 1280       /* 160 ms */
#define DIGIT_QUEUE 64
#define BACKGROUND_QUEUE 8
#define UNITY 256             /* a gain that changes nothing */
#define TAP_SIZE 65536        /* pairs of samples; a power of two: 8 s for the writer to be late */

enum {
    DTMF_BEGAN,
    DTMF_ENDED,
    PLAYBACK_ENDED,
    RECORDING_ENDED,
    TALKING_BEGAN,
    TALKING_ENDED,
    RTP_TIMED_OUT,
    PAIR_NOMINATED,
    HANDSHAKE_CAME,
    RTCP_SENT,
    RTCP_HEARD,
    RTP_SENT,
    RTP_HEARD,
    TONE_HEARD,
    TONE_ENDED,
    FEED_MESSAGE,
    FEED_DIGIT,
    FEED_REACHED,
    FEED_DRAINED,
    FEED_FILLED,
    FEED_CLOSED
};
/* How the jitter buffer works; but for the first, packets of the party are never passed on as they come. */
enum { BUFFER_AUTO, BUFFER_ADAPTIVE, BUFFER_FIXED };
enum { END_FINISHED, END_STOPPED };
enum { RECORDING_NONE, RECORDING_RUNS, RECORDING_SILENCE, RECORDING_LIMIT, RECORDING_ERROR };

typedef struct {
    uint32_t stream;
    int kind;   /* DTMF_BEGAN … */
    int64_t a;  /* digit, component, or the number of the playback or recording */
    int64_t b;  /* samples, or why it ended */
} media_event;

/* How an RTP socket is tied: what came from others before may still wait in it, or nothing does. */
enum { TIED_NOT, TIED, TIED_EMPTY };

/* What a stream carries. All but audio is passed on as it comes: see passing.h. */
enum { CARRIES_AUDIO, CARRIES_VIDEO, CARRIES_DATAGRAMS };

#define VIDEO_CODECS 8 /* those of one stream */
#define NO_TYPE 0xff

typedef struct {
    int carries;
    uint8_t video_types[VIDEO_CODECS]; /* payload type of each codec, NO_TYPE: not agreed */
    int codec, payload_type;
    int rate, clock;    /* hertz: of its samples, and of its timestamps */
    int event_type;     /* -1: RFC 4733 not agreed */
    opus_terms opus;    /* where it is the codec */
    int comfort_type;   /* payload type of comfort noise (RFC 3389), -1: not agreed */
    int is_awaited;     /* what is played waits until the party can be reached */
    int hears_tones;    /* its keys are looked for in its audio */
    int event_clock;    /* hertz, of the durations in events */
    int packet_samples; /* at 8,000 Hz */
    int sends, receives, symmetric;
    uint32_t timeout;   /* ticks without a packet until RTP_TIMED_OUT is told, 0: never */
    uint32_t keep_alive; /* ticks without a packet of ours until one goes out, 0: never */
    int is_muxed;       /* RTCP goes over the RTP socket (RFC 5761) */
    int tos, priority;  /* of the packets sent: DiffServ, 802.1p; 0: as the system does */
    int is_sealed;      /* SRTP: nothing goes out or is taken in the clear */
    int is_keyed_by_dtls; /* the keys come by handshakes over these sockets (RFC 5764) */
    void *seal, *open;  /* contexts of libsrtp, the control side's; NULL: no key yet */
    void *seal_reports, *open_reports; /* likewise, of RTCP */
    socklen_t remote_size; /* 0: unknown */
    struct sockaddr_storage remote;
} stream_plan;

typedef struct {
    int16_t *ring;
    uint32_t head, tail;
    int state;
    int64_t number;
    uint32_t silence, max_silence; /* samples; a maximum of 0: none */
    uint32_t length, max_length;
} recording;

/* Whether the party talks; all lengths in samples. */
typedef struct {
    int enabled;
    int talks;
    uint32_t length;      /* since it began, pauses included */
    uint32_t pause;       /* at the end of length */
    uint32_t max_pause;   /* a longer one ends it */
    int level;            /* mean magnitude from which on a frame is loud */
} talk_detector;

/* A key that the party holds down (RFC 4733). */
typedef struct {
    int code;             /* -1: none */
    uint32_t timestamp;   /* of the segment under way */
    uint32_t duration;    /* samples, of that segment */
    uint32_t before;      /* samples, of the segments before it */
    uint64_t tick;        /* of its last packet */
    int has_ended;        /* ended holds the timestamp of the last key that went up */
    uint32_t ended;
} digit_in;

typedef struct { int code; uint32_t duration; /* samples */ } digit_out;

/* One sound of those that play for as long as nothing else is to be heard: music, signal tones. */
typedef struct {
    const int16_t *samples;
    uint32_t size;
    int64_t number;
    int loops; /* from its beginning again, until another one waits */
} background_sound;

/* Both directions of a stream, sample by sample, for a recording. */
typedef struct tap {
    struct tap *next;
    int64_t number;
    int paused, only_connected; /* the latter: only while the stream has a peer */
    int mutes_said, mutes_heard; /* silence instead */
    uint32_t head, tail, lost; /* pairs; lost: the disk did not keep up */
    int16_t ring[2 * TAP_SIZE]; /* what the party said, what it heard */
} tap;

/* What somebody who listens in hears and does. */
enum { SPY_SAID = 1, SPY_HEARD = 2, SPY_WHISPERS = 4, SPY_BARGES = 8 };

/* What each tick looks at stands first and together, what it rarely needs behind it: streams are many, and
 * the cache has forgotten them from one tick to the next. */
typedef struct stream {
    uint32_t id;
    int rtp_socket, rtcp_socket; /* -1: the end of a pipe, or a feed */
    const struct stream_context *context; /* of the engine around it */
    struct stream *peer; /* hears what this one says, and the other way round */
    struct stream *pipe; /* the other end */
    struct feed *feed;   /* its party is a program behind a descriptor */
    struct seat *seat;   /* in a conference; NULL: in none */
    jitter_buffer *jitter; /* of G.711 */
    struct coder *coder;   /* of other codecs; NULL until something is to be coded */
    struct inband *inband; /* NULL: its keys are not looked for in its audio */
    ice_agent *ice; /* NULL: whoever sends audio is believed by other rules */
    struct cleaning *cleaned[2]; /* what is said, what is heard; NULL: left as it is */
    struct disguise *disguised[2]; /* the same */
    tap *taps;
    struct tone_watch *tone_watches; /* of what it says, and of what it hears */
    struct stream *spied; /* whom this one listens in on */
    struct stream *spies, *next_spy; /* who listens in here */
    struct stream *watched; /* whose video it gets */
    struct stream *watchers, *next_watcher; /* who get its video */
    int16_t *fading;   /* the end of the room it left, to be heard in the next tick */

    /* receiving */
    uint64_t packets_received, octets_received, packets_dropped;
    uint64_t heard_tick; /* of the last packet */
    int timed_out;
    int skips; /* another plan counts: what the party sent elsewhere meanwhile is not lost */
    int comfort_heard;     /* level of its silence in -dBov, and 1; 0: it is not silent */
    int is_heard;
    int buffering, buffer_delay; /* BUFFER_AUTO …; samples it begins with, otherwise */
    int echo;
    int gain_said, gain_heard; /* UNITY: as it is */
    int spying;           /* SPY_SAID … */

    /* sending */
    uint32_t ssrc, timestamp;
    uint16_t sequence;
    int talking;       /* the last tick sent something */
    uint32_t sent_until; /* timestamp behind the audio that was sent */
    int relaying;      /* packets of the peer are passed straight on */
    uint64_t packets_sent, octets_sent;
    uint64_t packets_seen; /* of packets_sent, in the last tick that was kept alive */
    uint32_t idle;         /* ticks since then */
    int packed;        /* samples waiting in packet */
    const int16_t *sound;
    int background_count;
    int digits_count, digit_code; /* being sent, -1: none */
    int digit_gap;
    digit_in key;
    talk_detector talk;
    rtp_source source;
    stream_plan plan;

    /* receiving */
    int learned_packets;
    int is_tied; /* its RTP socket is connected with learned: tying.h */
    socklen_t learned_size;
    struct sockaddr_storage learned;
    int16_t heard[FRAME]; /* what the party said in this tick */
    struct sockaddr_storage address;
    handshake_queue handshakes;
    double round_trip; /* seconds; negative: unknown */
    stream_quality quality;
    uint32_t comfort_seed;
    recording record;

    /* sending */
    uint64_t packets_reported;
    uint32_t relay_ssrc, relay_timestamps; /* what is added to theirs */
    uint16_t relay_sequences, relay_began;
    uint32_t packed_at;
    uint8_t packet[RTP_HEADER + MAX_PACKET_SAMPLES];
    int16_t said[FRAME]; /* to the other end of a pipe */
    int is_said;

    /* playback */
    uint32_t sound_size, sound_at;
    const int16_t *wide_sound; /* the same at wide_rate; NULL: there is none */
    uint32_t wide_size;
    int wide_rate;
    int64_t playback;
    background_sound background[BACKGROUND_QUEUE];
    int background_first;
    uint32_t background_at;

    /* digits to the party */
    digit_out digits[DIGIT_QUEUE];
    int digits_first;
    uint32_t digit_sent, digit_timestamp;
    int digit_ends;
    int keeps_digits; /* they are told, but not passed on */

    /* listening in */
    int16_t hears[FRAME]; /* in the last tick, whispers left out; kept while somebody wants it */
    int is_hearing;

    /* conferences */
    int64_t asked_at, picture_pause; /* microseconds; of the wish for a whole picture */
    int64_t shown_at; /* microseconds: the last packet of whom it watches */
    int fading_rate;
} stream;

#define CACHE_LINE 64

/* Ask the cache for what stands at an address, from some octets to some others. */
static void fetch_lines(const void *at, size_t from, size_t to)
{
    for (; at && from < to; from += CACHE_LINE)
        __builtin_prefetch((const char *)at + from);
}

/* A stream will be looked at soon. */
static void stream_fetch(const stream *self)
{
    fetch_lines(self, 0, offsetof(stream, address));
}

/* … and so will what hangs on it, which is fetched later: only then it is known where that is. */
static void stream_fetch_more(const stream *self)
{
    fetch_lines(self->jitter, 0, offsetof(jitter_buffer, lost.past) + 2 * 2 * FRAME);
    fetch_lines(self->jitter, offsetof(jitter_buffer, samples),
                offsetof(jitter_buffer, samples) + 2 * FRAME);
    fetch_lines(self->seat, 0, 2 * CACHE_LINE);
}

/* What a stream needs of the engine around it. */
typedef struct stream_context {
    uint64_t tick;
    int64_t now; /* microseconds, monotonic */
    engine_settings settings;
    int traces;        /* RTP_SENT and RTP_HEARD are wanted: for the log */
    int tells_reports; /* RTCP_SENT and RTCP_HEARD are wanted */
    void (*tell)(void *engine, const media_event *event);
    void *engine;
} stream_context;

static void stream_tell(const stream_context *context, const stream *self, int kind, int64_t a,
                        int64_t b)
{
    media_event event = {self->id, kind, a, b};
    context->tell(context->engine, &event);
}

/* For the log. a: timestamp and sequence number; b: payload type and octets. */
static void stream_trace(const stream *self, int kind, int type, uint16_t sequence,
                         uint32_t timestamp, int octets)
{
    if (self->context->traces)
        stream_tell(self->context, self, kind, (int64_t)timestamp << 16 | sequence,
                    (int64_t)type << 16 | octets);
}

/* Whether something is done to what is said (0), or heard (1). */
static int stream_is_altered(const stream *self, int direction)
{
    return self->cleaned[direction] || self->disguised[direction];
}

/* Whether its codec needs a coder; packets of G.711 have an octet for each sample. */
static int is_coded(const stream *self) { return self->plan.codec > CODEC_PCMA; }

/* Code as the party wants it. */
static void stream_set_terms(stream *self)
{
    if (self->coder && self->plan.codec == CODEC_OPUS)
        opus_configure(self->coder->encoder, &self->plan.opus);
}

/* Its coder, made when it is needed first; NULL: there is none, or no memory for it. */
static coder *stream_coder(stream *self)
{
    if (!self->coder && is_coded(self)) {
        self->coder = coder_new(self->plan.codec, self->plan.rate, self->plan.clock);
        stream_set_terms(self);
    }
    return self->coder;
}

/* Another codec, or rate: begin with a new coder when one is needed. */
static void stream_drop_coder(stream *self)
{
    coder_free(self->coder);
    self->coder = NULL;
    self->packed = 0;
}

/* Where to send: the address that packets come from, once learned, or the agreed one. With ICE there
 * is no agreed one: nobody gets audio who did not ask for it with the right password. */
static const struct sockaddr_storage *stream_target(const stream *self, socklen_t *size)
{
    if (self->ice || (self->plan.symmetric && self->learned_size)) {
        *size = self->learned_size;
        return &self->learned;
    }
    *size = self->plan.remote_size;
    return &self->plan.remote;
}

/* sending */

/* Send a packet, or a report, sealed where the plan says so; returns 0 when it did not leave. */
static int stream_put(const stream *self, int fd, int reports, const uint8_t *bytes, int size,
                      const struct sockaddr_storage *target, socklen_t target_size)
{
    _Alignas(8) uint8_t sealed[MAX_PACKET + SRTP_TRAILER];
    if (self->plan.is_sealed) {
        void *key = reports ? self->plan.seal_reports : self->plan.seal;
        if (!key || size > MAX_PACKET)
            return 0;
        memcpy(sealed, bytes, (size_t)size);
        if ((reports ? srtp.protect_rtcp : srtp.protect)(key, sealed, &size))
            return 0;
        bytes = sealed;
    }
    if (self->is_tied && fd == self->rtp_socket)
        return send(fd, bytes, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL) == size;
    return sendto(fd, bytes, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL,
                  (const struct sockaddr *)target, target_size) == size;
}

/* Open a packet in place; returns 0 for one that is not the party's, or was here before. */
static int stream_unseal(const stream *self, int reports, uint8_t *bytes, int *size)
{
    if (!self->plan.is_sealed)
        return 1;
    void *key = reports ? self->plan.open_reports : self->plan.open;
    return key && !(reports ? srtp.unprotect_rtcp : srtp.unprotect)(key, bytes, size);
}

/* Whether nobody can be reached yet, but soon: what is played waits, so that its beginning is heard. */
static int stream_waits(const stream *self)
{
    return self->plan.is_awaited
           && ((self->ice && !self->learned_size)
               || (self->plan.is_keyed_by_dtls && !self->plan.seal));
}

/* Send size octets, of which the header is written here; returns 0 when nobody was sent to. */
static int stream_send_as(stream *self, uint16_t sequence, int marker, int payload_type,
                          uint32_t timestamp, uint8_t *bytes, int size)
{
    socklen_t target_size;
    const struct sockaddr_storage *target = stream_target(self, &target_size);
    if (!target_size)
        return 0;
    rtp_write(bytes, marker, payload_type, sequence, timestamp, self->ssrc);
    if ((int16_t)(sequence - self->sequence) >= 0)
        self->sequence = (uint16_t)(sequence + 1);
    if (!stream_put(self, self->rtp_socket, 0, bytes, size, target, target_size))
        return 0;
    uint32_t until = timestamp
                     + (uint32_t)(is_coded(self) ? self->plan.clock / 50 : size - RTP_HEADER);
    if (!self->packets_sent || (int32_t)(until - self->sent_until) > 0)
        self->sent_until = until;
    self->packets_sent++;
    self->octets_sent += (uint64_t)(size - RTP_HEADER);
    stream_trace(self, RTP_SENT, payload_type, sequence, timestamp, size - RTP_HEADER);
    return 1;
}

/* Packets of another sender went by another clock: ours goes on behind them, never back. */
static void stream_catch_up(stream *self)
{
    if (self->packets_sent && (int32_t)(self->timestamp - self->sent_until) < 0)
        self->timestamp = self->sent_until;
}

static int stream_send(stream *self, int marker, int payload_type, uint32_t timestamp,
                       uint8_t *bytes, int size)
{
    return stream_send_as(self, self->sequence, marker, payload_type, timestamp, bytes, size);
}

/* Put one frame into packets of a codec that has a coder. */
static void stream_send_coded(stream *self, const int16_t *frame)
{
    uint8_t bytes[RTP_HEADER + CODED_LONGEST];
    coder *made = stream_coder(self);
    if (!made)
        return;
    int samples = (int)((int64_t)self->plan.packet_samples * made->rate / RATE), done = 0;
    if (!self->packed)
        self->packed_at = self->timestamp;
    coder_widen(made, frame, made->packed + self->packed);
    self->packed += made->frame;
    for (; self->packed - done >= samples; done += samples) {
        int size = made->kind->encode(made->encoder, made->packed + done, samples,
                                      bytes + RTP_HEADER, CODED_LONGEST);
        if (size > 0
            && stream_send(self, !self->talking, self->plan.payload_type, self->packed_at, bytes,
                           RTP_HEADER + size))
            self->talking = 1;
        self->packed_at += (uint32_t)((int64_t)samples * made->clock / made->rate);
    }
    self->packed -= done;
    memmove(made->packed, made->packed + done, (size_t)self->packed * sizeof *frame);
}

/* Put one frame into packets of the agreed length. */
static void stream_send_frame(stream *self, const int16_t *frame)
{
    int done = 0;
    if (is_coded(self)) {
        stream_send_coded(self, frame);
        return;
    }
    while (done < FRAME) {
        if (!self->packed)
            self->packed_at = self->timestamp + (uint32_t)done;
        int count = self->plan.packet_samples - self->packed;
        if (count > FRAME - done)
            count = FRAME - done;
        g711_encode(self->plan.codec, frame + done, self->packet + RTP_HEADER + self->packed,
                    count);
        self->packed += count;
        done += count;
        if (self->packed == self->plan.packet_samples) {
            if (stream_send(self, !self->talking, self->plan.payload_type, self->packed_at,
                            self->packet, RTP_HEADER + self->packed))
                self->talking = 1;
            self->packed = 0;
        }
    }
}

#endif

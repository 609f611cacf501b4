/* One party's audio: what it said in this tick, what it is to hear, and its packets. */
#ifndef SWITCHROOM_STREAM_H
#define SWITCHROOM_STREAM_H

#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "../codecs/g711.h"
#include "jitter.h"
#include "rtp.h"

#define RATE 8000
#define MAX_PACKET 1500
#define MAX_PACKET_SAMPLES 1280       /* 160 ms */
#define RECORDING_SIZE 65536          /* samples; a power of two: 8 s for the writer to be late */
#define SILENCE_LEVEL 256             /* mean magnitude below which a frame is silent; a tone of -35 dBm0 */
#define DIGIT_QUEUE 64
#define DIGIT_GAP 3                   /* ticks between two digits */
#define DIGIT_END_PACKETS 3           /* RFC 4733 section 2.5.1.4: the end is sent three times */
#define DIGIT_VOLUME 10               /* -dBm0 */
#define DIGIT_LOST (RATE / 2)         /* samples without an update after which a key counts as up */
#define RTCP_TICKS 250                /* 5 s */
#define MAX_PIPES 8                   /* pipes that a digit passes one after the other */

enum {
    DTMF_BEGAN,
    DTMF_ENDED,
    PLAYBACK_ENDED,
    RECORDING_ENDED,
    TALKING_BEGAN,
    TALKING_ENDED
};
enum { END_FINISHED, END_STOPPED };
enum { RECORDING_NONE, RECORDING_RUNS, RECORDING_SILENCE, RECORDING_LIMIT, RECORDING_ERROR };

typedef struct {
    uint32_t stream;
    int kind;   /* DTMF_BEGAN … */
    int64_t a;  /* digit, playback id or reason */
    int64_t b;  /* samples */
} media_event;

typedef struct {
    int codec, payload_type;
    int event_type;     /* -1: RFC 4733 not agreed */
    int packet_samples;
    int sends, receives, symmetric;
    struct sockaddr_storage remote;
    socklen_t remote_size; /* 0: unknown */
} stream_plan;

typedef struct {
    int16_t *ring;
    uint32_t head, tail;
    int state;
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
} talk_detector;

typedef struct { int code; uint32_t duration; /* samples */ } digit_out;

typedef struct stream {
    uint32_t id;
    int rtp_socket, rtcp_socket; /* -1: the end of a pipe */
    struct sockaddr_storage address;
    stream_plan plan;

    /* receiving */
    struct sockaddr_storage learned;
    socklen_t learned_size;
    rtp_source source;
    uint64_t packets_received, octets_received, packets_dropped;
    double round_trip; /* seconds; negative: unknown */
    int event_code;    /* of the key that is down, -1: none */
    uint32_t event_timestamp, event_duration, event_ended;
    int event_seen;    /* event_ended holds the timestamp of a key that went up */
    uint64_t event_tick;
    jitter_buffer *jitter;
    int16_t heard[FRAME]; /* what the party said in this tick */
    int is_heard;

    /* sending */
    uint32_t ssrc, timestamp;
    uint16_t sequence;
    int talking;       /* the last tick sent something */
    uint32_t last_sent;
    int relaying;      /* packets of the peer are passed straight on */
    uint32_t relay_offset, relay_ssrc;
    uint64_t packets_sent, octets_sent, packets_reported;
    uint8_t packet[RTP_HEADER + MAX_PACKET_SAMPLES];
    int packed;        /* samples waiting in packet */
    uint32_t packed_at;
    int16_t said[FRAME]; /* to the other end of a pipe */
    int is_said;

    /* playback */
    const int16_t *sound;
    uint32_t sound_size, sound_at;
    int64_t playback;

    /* digits to the party */
    digit_out digits[DIGIT_QUEUE];
    int digits_first, digits_count;
    int digit_code;    /* being sent, -1: none */
    uint32_t digit_sent, digit_timestamp;
    int digit_ends, digit_gap;

    recording record;
    talk_detector talk;
    int echo;
    struct stream *peer; /* hears what this one says, and the other way round */
    struct stream *pipe; /* the other end */
} stream;

/* What a stream needs of the engine around it. */
typedef struct {
    uint64_t tick;
    int64_t now; /* microseconds, monotonic */
    void (*tell)(void *engine, const media_event *event);
    void *engine;
} stream_context;

static void stream_tell(const stream_context *context, const stream *self, int kind, int64_t a,
                        int64_t b)
{
    media_event event = {self->id, kind, a, b};
    context->tell(context->engine, &event);
}

static int same_address(const struct sockaddr_storage *one, const struct sockaddr_storage *two)
{
    if (one->ss_family != two->ss_family)
        return 0;
    if (one->ss_family == AF_INET)
        return ((const struct sockaddr_in *)one)->sin_addr.s_addr
               == ((const struct sockaddr_in *)two)->sin_addr.s_addr;
    return !memcmp(&((const struct sockaddr_in6 *)one)->sin6_addr,
                   &((const struct sockaddr_in6 *)two)->sin6_addr, sizeof(struct in6_addr));
}

/* The port stands at the same place in both kinds of address. */
static uint16_t port_of(const struct sockaddr_storage *address)
{
    return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

static void set_port(struct sockaddr_storage *address, uint16_t port)
{
    ((struct sockaddr_in *)address)->sin_port = htons(port);
}

/* Where to send: the address that packets come from, once learned, or the agreed one. */
static const struct sockaddr_storage *stream_target(const stream *self, socklen_t *size)
{
    if (self->plan.symmetric && self->learned_size) {
        *size = self->learned_size;
        return &self->learned;
    }
    *size = self->plan.remote_size;
    return &self->plan.remote;
}

/* sending */

static void stream_send(stream *self, int marker, int payload_type, uint32_t timestamp,
                        uint8_t *bytes, int size)
{
    socklen_t target_size;
    const struct sockaddr_storage *target = stream_target(self, &target_size);
    if (!target_size)
        return;
    rtp_write(bytes, marker, payload_type, self->sequence++, timestamp, self->ssrc);
    if (sendto(self->rtp_socket, bytes, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL,
               (const struct sockaddr *)target, target_size) != size)
        return;
    self->packets_sent++;
    self->octets_sent += (uint64_t)(size - RTP_HEADER);
    self->last_sent = timestamp;
}

/* Put one frame into packets of the agreed length. */
static void stream_send_frame(stream *self, const int16_t *frame)
{
    int done = 0;
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
            stream_send(self, !self->talking, self->plan.payload_type, self->packed_at,
                        self->packet, RTP_HEADER + self->packed);
            self->talking = 1;
            self->packed = 0;
        }
    }
}

static int stream_has_digit(const stream *self)
{
    return self->digit_code >= 0 || self->digits_count || self->digit_gap;
}

static int stream_queue_digit(stream *self, int code, uint32_t duration)
{
    if (self->digits_count == DIGIT_QUEUE)
        return 0;
    int last = (self->digits_first + self->digits_count++) % DIGIT_QUEUE;
    self->digits[last].code = code;
    self->digits[last].duration = duration < 2 * FRAME ? 2 * FRAME : duration;
    return 1;
}

static void stream_next_digit(stream *self)
{
    if (self->digit_code >= 0 || !self->digits_count || self->digit_gap)
        return;
    self->digit_code = self->digits[self->digits_first].code;
    self->digit_sent = 0;
    self->digit_ends = 0;
    self->digit_timestamp = self->timestamp;
}

static void stream_finish_digit(stream *self)
{
    self->digits_first = (self->digits_first + 1) % DIGIT_QUEUE;
    self->digits_count--;
    self->digit_code = -1;
    self->digit_gap = DIGIT_GAP;
    self->talking = 0;
}

/* One RFC 4733 packet a tick, the last one three times. */
static void stream_send_event(stream *self)
{
    uint8_t bytes[RTP_HEADER + 4];
    int first = self->digit_sent == 0;
    uint32_t duration = self->digits[self->digits_first].duration;
    if (self->digit_sent < duration)
        self->digit_sent += FRAME;
    int ends = self->digit_sent >= duration;
    bytes[RTP_HEADER] = (uint8_t)self->digit_code;
    bytes[RTP_HEADER + 1] = (uint8_t)((ends ? 0x80 : 0) | DIGIT_VOLUME);
    put16(bytes + RTP_HEADER + 2, self->digit_sent > 0xffff ? 0xffff : self->digit_sent);
    for (int i = 0; i < (ends ? DIGIT_END_PACKETS : 1); i++)
        stream_send(self, first && !i, self->plan.event_type, self->digit_timestamp, bytes,
                    sizeof bytes);
    if (ends)
        stream_finish_digit(self);
}

/* The two frequencies of a key (ITU-T Q.23). */
static void stream_make_tone(stream *self, int16_t *frame)
{
    static const int rows[] = {697, 770, 852, 941}, columns[] = {1209, 1336, 1477, 1633};
    static const char keys[] = "123A456B789C*0#D";
    int key = (int)(strchr(keys, EVENT_DIGITS[self->digit_code]) - keys);
    double low = 2 * M_PI * rows[key / 4] / RATE, high = 2 * M_PI * columns[key % 4] / RATE;
    for (int i = 0; i < FRAME; i++) {
        double at = self->digit_sent + (uint32_t)i;
        frame[i] = (int16_t)(7000 * (sin(low * at) + sin(high * at)));
    }
    self->digit_sent += FRAME;
    if (self->digit_sent >= self->digits[self->digits_first].duration)
        stream_finish_digit(self);
}

/* receiving */

/* A digit for this party: into its packets, or through the pipe to whoever is behind it. */
static void stream_pass_digit(const stream_context *context, stream *self, int code,
                              uint32_t duration, int pipes)
{
    stream *other = self->pipe;
    if (!other) {
        stream_queue_digit(self, code, duration);
        return;
    }
    stream_tell(context, other, DTMF_BEGAN, EVENT_DIGITS[code], 0);
    stream_tell(context, other, DTMF_ENDED, EVENT_DIGITS[code], duration);
    if (other->peer && pipes)
        stream_pass_digit(context, other->peer, code, duration, pipes - 1);
}

static void stream_key_up(const stream_context *context, stream *self)
{
    int code = self->event_code;
    self->event_code = -1;
    self->event_ended = self->event_timestamp;
    self->event_seen = 1;
    stream_tell(context, self, DTMF_ENDED, EVENT_DIGITS[code], self->event_duration);
    if (self->peer)
        stream_pass_digit(context, self->peer, code, self->event_duration, MAX_PIPES);
}

/* RFC 4733: all packets of one key carry the timestamp of its beginning. */
static void stream_hear_event(const stream_context *context, stream *self,
                              const rtp_packet *packet)
{
    if (packet->payload_size < 4 || packet->payload[0] > 15)
        return;
    if (self->event_seen && packet->timestamp == self->event_ended)
        return; /* the end again */
    if (self->event_code >= 0 && packet->timestamp != self->event_timestamp) {
        if ((int32_t)(packet->timestamp - self->event_timestamp) < 0)
            return;
        stream_key_up(context, self); /* its end was lost */
    }
    self->event_tick = context->tick;
    if (self->event_code < 0) {
        self->event_code = packet->payload[0];
        self->event_timestamp = packet->timestamp;
        self->event_duration = 0;
        stream_tell(context, self, DTMF_BEGAN, EVENT_DIGITS[self->event_code], 0);
    }
    uint32_t duration = get16(packet->payload + 2);
    if (duration > self->event_duration)
        self->event_duration = duration;
    if (packet->payload[1] & 0x80)
        stream_key_up(context, self);
}

/* Whether a packet from this address is the party's: the first that sends is, unless the agreed
 * address itself turns up later. */
static int stream_knows(stream *self, const struct sockaddr_storage *from, socklen_t size)
{
    if (self->learned_size && port_of(from) == port_of(&self->learned)
        && same_address(from, &self->learned))
        return 1;
    if (self->learned_size
        && !(self->plan.remote_size && port_of(from) == port_of(&self->plan.remote)
             && same_address(from, &self->plan.remote)))
        return 0;
    self->learned = *from;
    self->learned_size = size;
    return 1;
}

/* Whether the peer's packets can be passed on as they are. */
static int stream_can_relay(const stream *from, const stream *to)
{
    return to && to->rtp_socket >= 0 && to->plan.codec == from->plan.codec && to->plan.sends
           && !to->sound && !to->echo && !stream_has_digit(to);
}

static void stream_relay(stream *to, const rtp_packet *packet)
{
    uint8_t bytes[MAX_PACKET];
    if (packet->payload_size + RTP_HEADER > MAX_PACKET)
        return;
    int begins = !to->relaying || to->relay_ssrc != packet->ssrc;
    if (begins) {
        to->relaying = 1;
        to->relay_ssrc = packet->ssrc;
        to->relay_offset = to->timestamp - packet->timestamp;
        to->packed = 0;
    }
    memcpy(bytes + RTP_HEADER, packet->payload, (size_t)packet->payload_size);
    stream_send(to, packet->marker || begins, to->plan.payload_type,
                packet->timestamp + to->relay_offset, bytes, RTP_HEADER + packet->payload_size);
    to->talking = 1;
}

/* Whether this party's audio is wanted sample by sample. */
static int stream_is_decoded(const stream *self)
{
    return self->record.state == RECORDING_RUNS || self->echo || self->talk.enabled
           || (self->peer && !stream_can_relay(self, self->peer));
}

static void stream_hear_audio(stream *self, const rtp_packet *packet)
{
    int16_t samples[MAX_PACKET];
    if (self->peer && stream_can_relay(self, self->peer))
        stream_relay(self->peer, packet);
    if (!stream_is_decoded(self))
        return;
    if (!self->jitter) {
        self->jitter = calloc(1, sizeof *self->jitter);
        if (!self->jitter)
            return;
    }
    g711_decode(self->plan.codec, packet->payload, samples, packet->payload_size);
    if (!jitter_put(self->jitter, packet->timestamp, samples, packet->payload_size))
        self->packets_dropped++;
}

/* One datagram of the RTP socket, from anybody. */
static void stream_receive(const stream_context *context, stream *self, const uint8_t *bytes,
                           int size, const struct sockaddr_storage *from, socklen_t from_size)
{
    rtp_packet packet;
    if (!rtp_read(bytes, size, &packet) || size > MAX_PACKET
        || !stream_knows(self, from, from_size)) {
        self->packets_dropped++;
        return;
    }
    self->packets_received++;
    self->octets_received += (uint64_t)packet.payload_size;
    source_hear(&self->source, &packet, context->now);
    if (!self->plan.receives)
        return;
    if (packet.payload_type == self->plan.event_type)
        stream_hear_event(context, self, &packet);
    else if (packet.payload_type == self->plan.payload_type)
        stream_hear_audio(self, &packet);
    else
        self->packets_dropped++; /* comfort noise, or what was not agreed */
}

/* RTCP */

static uint32_t ntp_middle(uint32_t seconds, uint32_t fraction)
{
    return seconds << 16 | fraction >> 16;
}

static void ntp_now(uint32_t *seconds, uint32_t *fraction)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *seconds = (uint32_t)((uint64_t)now.tv_sec + 2208988800u);
    *fraction = (uint32_t)(((uint64_t)now.tv_nsec << 32) / 1000000000u);
}

static void stream_receive_rtcp(const stream_context *context, stream *self, const uint8_t *bytes,
                                int size, const struct sockaddr_storage *from)
{
    const struct sockaddr_storage *known =
        self->learned_size ? &self->learned : &self->plan.remote;
    if (!same_address(from, known))
        return;
    for (int at = 0; at + 8 <= size && bytes[at] >> 6 == 2;) {
        int length = 4 + 4 * get16(bytes + at + 2), kind = bytes[at + 1];
        int blocks = bytes[at] & 31, block = at + (kind == 200 ? 28 : 8);
        if (at + length > size)
            return;
        if (kind == 200 && length >= 28) { /* sender report */
            self->source.last_report = ntp_middle(get32(bytes + at + 8), get32(bytes + at + 12));
            self->source.last_report_at = context->now;
        }
        for (; (kind == 200 || kind == 201) && blocks && block + 24 <= at + length; blocks--) {
            uint32_t seconds, fraction, last = get32(bytes + block + 16);
            if (get32(bytes + block) == self->ssrc && last) {
                ntp_now(&seconds, &fraction);
                uint32_t trip =
                    ntp_middle(seconds, fraction) - last - get32(bytes + block + 20);
                if (trip < 65536 * 10)
                    self->round_trip = trip / 65536.0;
            }
            block += 24;
        }
        at += length;
    }
}

/* A report, with BYE behind it when the stream ends. */
static void stream_send_rtcp(const stream_context *context, stream *self, int bye)
{
    uint8_t bytes[128];
    socklen_t target_size;
    struct sockaddr_storage target = *stream_target(self, &target_size);
    if (!target_size || (!self->packets_sent && !self->source.started))
        return;
    if (self->learned_size == 0 || !self->plan.symmetric)
        target = self->plan.remote;
    set_port(&target, (uint16_t)(port_of(&target) + 1));
    int at, sends = self->packets_sent != self->packets_reported;
    self->packets_reported = self->packets_sent;
    put32(bytes + 4, self->ssrc);
    if (sends) {
        uint32_t seconds, fraction;
        ntp_now(&seconds, &fraction);
        put32(bytes + 8, seconds);
        put32(bytes + 12, fraction);
        put32(bytes + 16, self->timestamp);
        put32(bytes + 20, (uint32_t)self->packets_sent);
        put32(bytes + 24, (uint32_t)self->octets_sent);
    }
    at = sends ? 28 : 8;
    if (self->source.started) {
        source_report(&self->source, bytes + at, context->now);
        at += 24;
    }
    bytes[0] = (uint8_t)(0x80 | (self->source.started ? 1 : 0));
    bytes[1] = sends ? 200 : 201;
    put16(bytes + 2, (uint32_t)(at / 4 - 1));
    /* SDES with the CNAME, 16 octets: it names nothing of the machine (RFC 7022) */
    bytes[at] = 0x81;
    bytes[at + 1] = 202;
    put16(bytes + at + 2, 4);
    put32(bytes + at + 4, self->ssrc);
    bytes[at + 8] = 1;
    bytes[at + 9] = 8;
    for (int i = 0; i < 8; i++)
        bytes[at + 10 + i] = (uint8_t)("abcdefghijklmnop"[(self->ssrc >> (4 * i)) & 15]);
    bytes[at + 18] = bytes[at + 19] = 0;
    at += 20;
    if (bye) {
        bytes[at] = 0x81;
        bytes[at + 1] = 203;
        put16(bytes + at + 2, 1);
        put32(bytes + at + 4, self->ssrc);
        at += 8;
    }
    sendto(self->rtcp_socket, bytes, (size_t)at, MSG_DONTWAIT | MSG_NOSIGNAL,
           (struct sockaddr *)&target, target_size);
}

/* recording */

static void stream_end_recording(const stream_context *context, stream *self, int reason)
{
    self->record.state = reason;
    stream_tell(context, self, RECORDING_ENDED, reason, self->record.length);
}

static int stream_is_loud(const stream *self)
{
    int32_t sum = 0;
    for (int i = 0; self->is_heard && i < FRAME; i++)
        sum += abs(self->heard[i]);
    return sum / FRAME >= SILENCE_LEVEL;
}

static void stream_record(const stream_context *context, stream *self)
{
    recording *record = &self->record;
    if (record->head - record->tail > RECORDING_SIZE - FRAME) {
        stream_end_recording(context, self, RECORDING_ERROR); /* the disk does not keep up */
        return;
    }
    for (int i = 0; i < FRAME; i++)
        record->ring[(record->head + (uint32_t)i) & (RECORDING_SIZE - 1)] =
            self->is_heard ? self->heard[i] : 0;
    record->head += FRAME;
    record->length += FRAME;
    record->silence = stream_is_loud(self) ? 0 : record->silence + FRAME;
    if (record->max_length && record->length >= record->max_length)
        stream_end_recording(context, self, RECORDING_LIMIT);
    else if (record->max_silence && record->silence >= record->max_silence)
        stream_end_recording(context, self, RECORDING_SILENCE);
}

/* talk detection */

static void stream_end_talk(const stream_context *context, stream *self)
{
    talk_detector *talk = &self->talk;
    if (talk->talks)
        stream_tell(context, self, TALKING_ENDED, 0, talk->length - talk->pause);
    talk->talks = 0;
}

static void stream_detect_talk(const stream_context *context, stream *self)
{
    talk_detector *talk = &self->talk;
    int loud = stream_is_loud(self);
    if (loud && !talk->talks) {
        talk->talks = 1;
        talk->length = 0;
        stream_tell(context, self, TALKING_BEGAN, 0, 0);
    }
    if (!talk->talks)
        return;
    talk->length += FRAME;
    talk->pause = loud ? 0 : talk->pause + FRAME;
    if (talk->pause && talk->pause >= talk->max_pause)
        stream_end_talk(context, self);
}

/* the tick */

/* First half: what each party said. */
static void stream_listen(const stream_context *context, stream *self)
{
    if (self->pipe) {
        self->is_heard = self->pipe->is_said;
        if (self->is_heard)
            memcpy(self->heard, self->pipe->said, sizeof self->heard);
    } else if (self->jitter && stream_is_decoded(self)) {
        self->is_heard = jitter_get(self->jitter, self->heard);
    } else {
        self->is_heard = 0;
    }
    if (self->jitter && !stream_is_decoded(self)) {
        free(self->jitter);
        self->jitter = NULL;
    }
    if (self->event_code >= 0 && (context->tick - self->event_tick) * FRAME > DIGIT_LOST)
        stream_key_up(context, self);
    if (self->record.state == RECORDING_RUNS)
        stream_record(context, self);
    if (self->talk.enabled)
        stream_detect_talk(context, self);
}

static void stream_end_playback(const stream_context *context, stream *self, int how)
{
    self->sound = NULL;
    stream_tell(context, self, PLAYBACK_ENDED, self->playback, how);
}

static void add(int16_t *frame, const int16_t *more, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int sum = frame[i] + more[i];
        frame[i] = (int16_t)(sum > 32767 ? 32767 : sum < -32767 ? -32767 : sum);
    }
}

/* What the party is to hear; returns 0 when that is nothing. */
static int stream_mix(const stream_context *context, stream *self, int16_t *frame)
{
    int any = 0;
    memset(frame, 0, FRAME * sizeof *frame);
    if (self->peer && self->peer->is_heard
        && (self->pipe || !stream_can_relay(self->peer, self))) {
        add(frame, self->peer->heard, FRAME);
        any = 1;
    }
    if (self->echo && self->is_heard) {
        add(frame, self->heard, FRAME);
        any = 1;
    }
    if (self->sound) {
        uint32_t count = self->sound_size - self->sound_at;
        add(frame, self->sound + self->sound_at, count < FRAME ? count : FRAME);
        self->sound_at += FRAME;
        any = 1;
        if (self->sound_at >= self->sound_size)
            stream_end_playback(context, self, END_FINISHED);
    }
    return any;
}

/* Second half: what each party hears. */
static void stream_speak(const stream_context *context, stream *self)
{
    int16_t frame[FRAME];
    int any = stream_mix(context, self, frame);
    if (self->pipe) {
        memcpy(self->said, frame, sizeof self->said);
        self->is_said = any;
        return;
    }
    int relayed = self->relaying && self->peer && stream_can_relay(self->peer, self);
    if (!relayed && self->relaying) {
        self->relaying = 0; /* our own clock again, never behind what was sent */
        if ((int32_t)(self->timestamp - self->last_sent) < FRAME)
            self->timestamp = self->last_sent + FRAME;
    }
    if (self->digit_gap)
        self->digit_gap--;
    stream_next_digit(self);
    if (self->plan.sends && self->digit_code >= 0 && self->plan.event_type >= 0) {
        self->packed = 0;
        stream_send_event(self);
    } else if (self->plan.sends && (any || self->digit_code >= 0)) {
        if (self->digit_code >= 0)
            stream_make_tone(self, frame);
        stream_send_frame(self, frame);
    } else if (self->digit_code >= 0) {
        stream_finish_digit(self); /* nobody may hear it */
    } else if (!relayed) {
        self->talking = 0;
        self->packed = 0;
    }
    self->timestamp += FRAME;
    if ((context->tick + self->id * 37) % RTCP_TICKS == 0)
        stream_send_rtcp(context, self, 0);
}

static void stream_free(stream *self)
{
    free(self->jitter);
    free(self->record.ring);
    free(self);
}

#endif

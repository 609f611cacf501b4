/* Digits: RFC 4733 events in and out, tones where events were not agreed. */
#ifndef SWITCHROOM_DIGITS_H
#define SWITCHROOM_DIGITS_H

#include "digit_detector.h"
#include "stream.h"

#define DIGIT_SHORTEST (2 * FRAME)
#define DIGIT_LONGEST 0xffff          /* samples: what one segment of RFC 4733 can say, 8 s */
#define DIGIT_END_PACKETS 3           /* RFC 4733 section 2.5.1.4: the end is sent three times */
#define DIGIT_GAP_EVENT 2             /* ticks behind the last of these: 60 ms between two keys */
#define DIGIT_GAP_TONE 4              /* ticks behind the last one with tone: 60 ms as well */
#define DIGIT_VOLUME 10               /* -dBm0 */
#define DIGIT_PAST (10 * RATE)        /* an event that began this long before the last is a new one */
#define SEGMENT_SLACK (RATE / 10)
#define TONE_AMPLITUDE 7000           /* of each of the two frequencies */
#define MAX_PIPES 8                   /* pipes that a digit passes one after the other */

/* to the party */

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
    self->digits[last].duration = duration < DIGIT_SHORTEST  ? DIGIT_SHORTEST
                                  : duration > DIGIT_LONGEST ? DIGIT_LONGEST
                                                             : duration;
    return 1;
}

static void stream_next_digit(stream *self)
{
    if (self->digit_gap && --self->digit_gap)
        return;
    if (self->digit_code >= 0 || !self->digits_count)
        return;
    self->digit_code = self->digits[self->digits_first].code;
    self->digit_sent = 0;
    self->digit_ends = 0;
    self->digit_timestamp = self->timestamp;
}

static void stream_finish_digit(stream *self, int gap)
{
    self->digits_first = (self->digits_first + 1) % DIGIT_QUEUE;
    self->digits_count--;
    self->digit_code = -1;
    self->digit_gap = gap;
}

/* One packet a tick: as long as the key is down, and then until its end was sent three times. */
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
    uint64_t said = (uint64_t)(ends ? duration : self->digit_sent) * (uint32_t)self->plan.event_clock;
    put16(bytes + RTP_HEADER + 2, said / RATE > 0xffff ? 0xffff : (uint32_t)(said / RATE));
    stream_send(self, first, self->plan.event_type, self->digit_timestamp, bytes, sizeof bytes);
    self->talking = 0; /* audio begins anew behind it */
    if (ends && ++self->digit_ends == DIGIT_END_PACKETS)
        stream_finish_digit(self, DIGIT_GAP_EVENT);
}

/* The two frequencies of a key (ITU-T Q.23). */
static void stream_make_tone(stream *self, int16_t *frame)
{
    int key = (int)(strchr(KEYS, EVENT_DIGITS[self->digit_code]) - KEYS);
    double low = 2 * M_PI * KEY_HERTZ[key / KEY_GROUP] / RATE;
    double high = 2 * M_PI * KEY_HERTZ[KEY_GROUP + key % KEY_GROUP] / RATE;
    uint32_t duration = self->digits[self->digits_first].duration;
    for (uint32_t i = 0; i < FRAME; i++) {
        uint32_t at = self->digit_sent + i;
        frame[i] =
            (int16_t)(at < duration ? TONE_AMPLITUDE * (sin(low * at) + sin(high * at)) : 0);
    }
    self->digit_sent += FRAME;
    if (self->digit_sent >= duration)
        stream_finish_digit(self, DIGIT_GAP_TONE);
}

/* from the party */

/* A digit for this party: into its packets, or through the pipe to whoever is behind it. */
static void stream_pass_digit(const stream_context *context, stream *self, int code,
                              uint32_t duration, int pipes)
{
    stream *other = self->pipe;
    if (self->rtp_socket >= 0)
        stream_queue_digit(self, code, duration);
    if (self->feed)
        stream_tell(context, self, FEED_DIGIT, EVENT_DIGITS[code], duration);
    if (!other)
        return;
    stream_tell(context, other, DTMF_BEGAN, EVENT_DIGITS[code], 0);
    stream_tell(context, other, DTMF_ENDED, EVENT_DIGITS[code], duration);
    if (other->peer && pipes && !other->keeps_digits)
        stream_pass_digit(context, other->peer, code, duration, pipes - 1);
}

/* A key of the party was let go: tell it, and let the peer have it. */
static void stream_press(const stream_context *context, stream *self, int code, uint32_t duration)
{
    stream_tell(context, self, DTMF_ENDED, EVENT_DIGITS[code], duration);
    if (self->peer && !self->keeps_digits)
        stream_pass_digit(context, self->peer, code, duration, MAX_PIPES);
}

static void stream_key_up(const stream_context *context, stream *self)
{
    digit_in *key = &self->key;
    int code = key->code;
    uint32_t duration = (uint32_t)((uint64_t)(key->before + key->duration) * RATE
                                   / (uint32_t)self->plan.event_clock);
    if (code < 0)
        return;
    key->code = -1;
    key->ended = key->timestamp;
    key->has_ended = 1;
    stream_press(context, self, code, duration);
}

static void stream_key_down(const stream_context *context, stream *self, int code,
                            uint32_t timestamp)
{
    self->key.code = code;
    self->key.timestamp = timestamp;
    self->key.duration = self->key.before = 0;
    stream_tell(context, self, DTMF_BEGAN, EVENT_DIGITS[code], 0);
}

/* A key held for longer than 16 bits can say goes on in another segment (RFC 4733 section 2.5.1.3). */
static int is_next_segment(const digit_in *key, int code, int32_t later)
{
    return code == key->code && abs(later - 0xffff) <= SEGMENT_SLACK
           && key->duration >= 0xffff - SEGMENT_SLACK;
}

/* All packets of one key carry the timestamp of its beginning. */
static void stream_hear_event(const stream_context *context, stream *self,
                              const rtp_packet *packet)
{
    digit_in *key = &self->key;
    if (packet->payload_size < 4 || packet->payload[0] >= sizeof EVENT_DIGITS - 1)
        return;
    int code = packet->payload[0];
    int32_t behind = (int32_t)(key->ended - packet->timestamp);
    if (key->has_ended && behind >= 0 && behind < DIGIT_PAST)
        return; /* the end again, or a packet that was overtaken by it */
    if (key->code >= 0 && packet->timestamp != key->timestamp) {
        int32_t later = (int32_t)(packet->timestamp - key->timestamp);
        if (later < 0 && later > -DIGIT_PAST)
            return;
        if (is_next_segment(key, code, later)) {
            key->before += (uint32_t)later;
            key->duration = 0;
            key->timestamp = packet->timestamp;
        } else {
            stream_key_up(context, self); /* its end was lost */
        }
    }
    if (key->code < 0)
        stream_key_down(context, self, code, packet->timestamp);
    key->tick = context->tick;
    uint32_t duration = get16(packet->payload + 2);
    if (duration > key->duration)
        key->duration = duration;
    if (packet->payload[1] & 0x80)
        stream_key_up(context, self);
}

#endif

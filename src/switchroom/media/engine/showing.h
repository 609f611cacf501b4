/* Video of one party for many: whom a conference looks at.
 *
 * Each of those who watch gets it as one stream of ours, whoever is shown: what another one sends is numbered
 * on behind it. So feedback (RFC 4585, RFC 5104) is not passed on but answered here: a wish for a whole
 * picture goes to whom it shows, not more often than the conference wants; lost packets are asked for by
 * the numbers that the sender knows.
 */
#ifndef SWITCHROOM_SHOWING_H
#define SWITCHROOM_SHOWING_H

#include "forwarding.h"

enum { RTCP_TRANSPORT_FEEDBACK = 205, GENERIC_NACK = 1, FULL_INTRA = 4 };

#define PICTURE_STEP 3000 /* of a timestamp: a thirtieth of a second at 90,000 Hz */
#define MOST_NACKS 16     /* pairs of one report; more is no loss but a break */

static void stream_stop_watching(stream *self)
{
    if (!self->watched)
        return;
    stream **at = &self->watched->watchers;
    while (*at != self)
        at = &(*at)->next_watcher;
    *at = self->next_watcher;
    self->watched = self->next_watcher = NULL;
    self->relaying = 0;
}

static void watched_ask_picture(const stream_context *context, stream *shown)
{
    if (!shown->source.started
        || (shown->asked_at && context->now - shown->asked_at < shown->picture_pause))
        return;
    shown->asked_at = context->now;
    stream_ask_picture(shown);
}

/* From now on it sees what another one sends; which begins with a whole picture. */
static void stream_watch_video(stream *self, stream *shown)
{
    stream_stop_watching(self);
    self->watched = shown;
    self->next_watcher = shown->watchers;
    shown->watchers = self;
    shown->asked_at = 0; /* now, or as soon as it sends anything */
    watched_ask_picture(shown->context, shown);
}

static void stream_part_watchers(stream *self)
{
    stream_stop_watching(self);
    while (self->watchers)
        stream_stop_watching(self->watchers);
}

/* Another sender: its numbers go on behind those that were sent last. */
static void watcher_begin(stream *self, const rtp_packet *packet, int64_t now)
{
    int64_t since = (now - self->shown_at) * self->plan.clock / 1000000;
    uint32_t step = since > PICTURE_STEP ? (uint32_t)since : PICTURE_STEP;
    self->relaying = 1;
    self->relay_ssrc = packet->ssrc;
    self->relay_sequences = (uint16_t)(self->sequence - packet->sequence);
    self->relay_timestamps =
        (self->packets_sent ? self->sent_until + step : self->timestamp) - packet->timestamp;
}

static void stream_show_to(const stream *shown, stream *self, const rtp_packet *packet,
                           uint8_t *bytes, int size, int64_t now)
{
    uint8_t type = type_for(shown, self, (uint8_t)packet->payload_type);
    if (type == NO_TYPE || !self->plan.sends)
        return;
    if (!self->relaying || self->relay_ssrc != packet->ssrc)
        watcher_begin(self, packet, now);
    uint16_t sequence = (uint16_t)(packet->sequence + self->relay_sequences);
    uint32_t timestamp = packet->timestamp + self->relay_timestamps;
    bytes[1] = (uint8_t)(packet->marker << 7 | type);
    put16(bytes + 2, sequence);
    put32(bytes + 4, timestamp);
    put32(bytes + 8, self->ssrc);
    pass_rtp(self, bytes, size);
    if ((int16_t)(sequence - self->sequence) >= 0)
        self->sequence = (uint16_t)(sequence + 1);
    self->sent_until = timestamp;
    self->shown_at = now;
}

/* All who watch this party get its packet. */
static void stream_show(const stream_context *context, stream *self, const rtp_packet *packet,
                        uint8_t *bytes, int size)
{
    if (self->watchers && !self->asked_at)
        watched_ask_picture(context, self);
    for (stream *each = self->watchers; each; each = each->next_watcher)
        stream_show_to(self, each, packet, bytes, size, context->now);
}

/* Lost packets, by the numbers of whom it sees; pairs of a number and the sixteen behind it. */
static void watched_ask_again(const stream *self, const uint8_t *pairs, int count)
{
    uint8_t bytes[12 + 4 * MOST_NACKS] = {0x80 | GENERIC_NACK, RTCP_TRANSPORT_FEEDBACK};
    if (!self->relaying || count > MOST_NACKS)
        return;
    put16(bytes + 2, (uint16_t)(2 + count));
    put32(bytes + 4, self->watched->ssrc);
    put32(bytes + 8, self->relay_ssrc);
    for (int i = 0; i < count; i++) {
        put16(bytes + 12 + 4 * i, (uint16_t)(get16(pairs + 4 * i) - self->relay_sequences));
        memcpy(bytes + 14 + 4 * i, pairs + 4 * i + 2, 2);
    }
    pass_rtcp(self->watched, bytes, 12 + 4 * count);
}

/* Feedback of one who watches: a compound packet (RFC 3550 §6.1). */
static void stream_hear_watcher(const stream_context *context, stream *self, const uint8_t *bytes,
                                int size)
{
    while (size >= 8) {
        int format = bytes[0] & 31, kind = bytes[1], length = 4 * (get16(bytes + 2) + 1);
        if (length > size)
            return;
        if (kind == RTCP_FEEDBACK && (format == PICTURE_LOST || format == FULL_INTRA))
            watched_ask_picture(context, self->watched);
        else if (kind == RTCP_TRANSPORT_FEEDBACK && format == GENERIC_NACK && length > 12)
            watched_ask_again(self, bytes + 12, (length - 12) / 4);
        bytes += length;
        size -= length;
    }
}

#endif

/* RTCP: reports to the party and from it (RFC 3550 section 6). */
#ifndef SWITCHROOM_RTCP_H
#define SWITCHROOM_RTCP_H

#include <time.h>

#include "stream.h"

enum { RTCP_SR = 200, RTCP_RR = 201, RTCP_SDES = 202, RTCP_BYE = 203 };

/* Whether a packet of a socket that carries both is RTCP (RFC 5761 section 4). */
static int is_rtcp_packet(const uint8_t *bytes, int size)
{
    return size >= 8 && bytes[1] >= 192 && bytes[1] <= 223;
}

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

/* A report block about what we send: how long it was on its way and back. */
static void stream_hear_report(stream *self, const uint8_t *block)
{
    uint32_t seconds, fraction, last = get32(block + 16);
    if (get32(block) != self->ssrc || !last)
        return;
    ntp_now(&seconds, &fraction);
    uint32_t trip = ntp_middle(seconds, fraction) - last - get32(block + 20);
    if (trip < 65536 * 10) {
        self->round_trip = trip / 65536.0;
        series_add(&self->quality.of[ROUND_TRIP], self->round_trip);
    }
}

/* What a report block says of how the party hears us. */
static void stream_hear_quality(stream *self, const uint8_t *block)
{
    stream_quality *quality = &self->quality;
    if (get32(block) != self->ssrc)
        return;
    uint32_t lost = get32(block + 4) & 0xffffff; /* negative where packets came twice */
    lost = lost & 0x800000 ? 0 : lost;
    uint32_t now = lost > quality->reported_lost ? lost - quality->reported_lost : 0;
    double jitter = get32(block + 12) / (double)self->plan.clock;
    quality->reported_lost = lost;
    series_add(&quality->of[REMOTE_JITTER], jitter);
    series_add(&quality->of[REMOTE_LOSS], now);
    series_add(&quality->of[REMOTE_SCORE],
               listening_score(self->plan.codec, self->round_trip, jitter, block[4] / 256.0));
}

/* What we report of how we hear the party. */
static void stream_note_quality(stream *self)
{
    stream_quality *quality = &self->quality;
    const rtp_source *source = &self->source;
    if (!source->started || source->expected_now <= 0)
        return;
    double jitter = (source->jitter >> 4) / (double)self->plan.clock;
    series_add(&quality->of[LOCAL_JITTER], jitter);
    series_add(&quality->of[LOCAL_LOSS], source->lost_now);
    series_add(&quality->of[LOCAL_SCORE],
               listening_score(self->plan.codec, self->round_trip, jitter,
                               source->lost_now / (double)source->expected_now));
}

static void stream_receive_rtcp(const stream_context *context, stream *self, const uint8_t *bytes,
                                int size, const struct sockaddr_storage *from)
{
    const struct sockaddr_storage *known =
        self->learned_size ? &self->learned : &self->plan.remote;
    if (!same_host(from, known))
        return;
    for (int at = 0; at + 8 <= size && bytes[at] >> 6 == 2;) {
        int length = 4 + 4 * get16(bytes + at + 2), kind = bytes[at + 1];
        int blocks = bytes[at] & 31, block = at + (kind == RTCP_SR ? 28 : 8);
        if (at + length > size)
            return;
        if (kind == RTCP_SR && length >= 28) {
            self->source.last_report = ntp_middle(get32(bytes + at + 8), get32(bytes + at + 12));
            self->source.last_report_at = context->now;
        }
        for (; (kind == RTCP_SR || kind == RTCP_RR) && blocks && block + 24 <= at + length;
             blocks--, block += 24) {
            stream_hear_report(self, bytes + block);
            stream_hear_quality(self, bytes + block);
        }
        if (kind == RTCP_SR || kind == RTCP_RR) {
            self->quality.heard_size = keep_report(self->quality.heard, bytes + at, length);
            if (context->tells_reports)
                stream_tell(context, self, RTCP_HEARD, 0, 0);
        }
        at += length;
    }
}

/* What we sent, if anything since the last report, and what we heard; returns its length. */
static int rtcp_write_report(const stream_context *context, stream *self, uint8_t *bytes)
{
    int sends = self->packets_sent != self->packets_reported, at = sends ? 28 : 8;
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
    if (self->source.started) {
        source_report(&self->source, bytes + at, context->now);
        at += 24;
    }
    bytes[0] = (uint8_t)(0x80 | (self->source.started ? 1 : 0));
    bytes[1] = sends ? RTCP_SR : RTCP_RR;
    put16(bytes + 2, (uint32_t)(at / 4 - 1));
    return at;
}

/* The canonical name: eight letters that name nothing of the machine (RFC 7022). */
static int rtcp_write_name(const stream *self, uint8_t *bytes)
{
    bytes[0] = 0x81;
    bytes[1] = RTCP_SDES;
    put16(bytes + 2, 4);
    put32(bytes + 4, self->ssrc);
    bytes[8] = 1; /* CNAME */
    bytes[9] = 8;
    for (int i = 0; i < 8; i++)
        bytes[10 + i] = (uint8_t)("abcdefghijklmnop"[(self->ssrc >> (4 * i)) & 15]);
    bytes[18] = bytes[19] = 0;
    return 20;
}

static int rtcp_write_bye(const stream *self, uint8_t *bytes)
{
    bytes[0] = 0x81;
    bytes[1] = RTCP_BYE;
    put16(bytes + 2, 1);
    put32(bytes + 4, self->ssrc);
    return 8;
}

/* Where reports go: the port of RTP, the one behind it, or the pair that ICE named for them. */
static struct sockaddr_storage stream_report_target(const stream *self, socklen_t *size)
{
    if (self->ice && !self->plan.is_muxed) {
        *size = self->ice->pairs[1][0].size;
        return self->ice->pairs[1][0].address;
    }
    struct sockaddr_storage target = *stream_target(self, size);
    if (!self->plan.is_muxed)
        set_port(&target, (uint16_t)(port_of(&target) + 1));
    return target;
}

/* A report, with BYE behind it when the stream ends. */
static void stream_send_rtcp(const stream_context *context, stream *self, int bye)
{
    uint8_t bytes[28 + 24 + 20 + 8];
    socklen_t target_size;
    struct sockaddr_storage target = stream_report_target(self, &target_size);
    if (!target_size || (!self->packets_sent && !self->source.started))
        return;
    int size = rtcp_write_report(context, self, bytes);
    stream_note_quality(self);
    self->quality.sent_size = keep_report(self->quality.sent, bytes, size);
    if (context->tells_reports)
        stream_tell(context, self, RTCP_SENT, 0, 0);
    size += rtcp_write_name(self, bytes + size);
    if (bye)
        size += rtcp_write_bye(self, bytes + size);
    int fd = self->plan.is_muxed ? self->rtp_socket : self->rtcp_socket;
    stream_put(self, fd, 1, bytes, size, &target, target_size);
}

#endif

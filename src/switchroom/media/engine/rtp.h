/* RTP and RTCP on the wire (RFC 3550), and RFC 4733 events. */
#ifndef SWITCHROOM_RTP_H
#define SWITCHROOM_RTP_H

#include <stdint.h>
#include <string.h>

#define RTP_HEADER 12
#define SKIP_MISORDER 100

typedef struct {
    int marker, payload_type;
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    const uint8_t *payload;
    int payload_size;
} rtp_packet;

static inline uint16_t get16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }

static inline uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* Read a packet; returns 0 when it is none (RFC 3550 appendix A.1). */
static int rtp_read(const uint8_t *bytes, int size, rtp_packet *packet)
{
    if (size < RTP_HEADER || bytes[0] >> 6 != 2)
        return 0;
    int start = RTP_HEADER + 4 * (bytes[0] & 15);
    if (bytes[0] & 16) { /* header extension */
        if (size < start + 4)
            return 0;
        start += 4 + 4 * get16(bytes + start + 2);
    }
    int padding = bytes[0] & 32 ? bytes[size - 1] : 0;
    if (start + padding > size || (bytes[0] & 32 && !padding))
        return 0;
    packet->marker = bytes[1] >> 7;
    packet->payload_type = bytes[1] & 127;
    packet->sequence = get16(bytes + 2);
    packet->timestamp = get32(bytes + 4);
    packet->ssrc = get32(bytes + 8);
    packet->payload = bytes + start;
    packet->payload_size = size - start - padding;
    return 1;
}

static void rtp_write(uint8_t *bytes, int marker, int payload_type, uint16_t sequence,
                      uint32_t timestamp, uint32_t ssrc)
{
    bytes[0] = 0x80;
    bytes[1] = (uint8_t)(marker << 7 | payload_type);
    put16(bytes + 2, sequence);
    put32(bytes + 4, timestamp);
    put32(bytes + 8, ssrc);
}

/* What a receiver keeps of a source (RFC 3550 appendices A.1, A.3 and A.8, simplified). */
typedef struct {
    int started;
    int32_t lost_before; /* of senders before this one */
    uint32_t ssrc, base_sequence, highest; /* extended sequence numbers */
    uint32_t received, received_before, expected_before;
    int32_t lost_now, expected_now; /* in the time of the last report of ours */
    uint32_t transit;
    uint32_t timestamp; /* of the last packet */
    uint32_t jitter; /* sixteenths of a timestamp unit */
    uint32_t last_report; /* middle 32 bits of the NTP time in the last sender report */
    int64_t last_report_at; /* microseconds */
} rtp_source;

static uint32_t source_expected(const rtp_source *source)
{
    return source->started ? source->highest - source->base_sequence + 1 : 0;
}

static int32_t source_lost(const rtp_source *source)
{
    int32_t lost = (int32_t)(source_expected(source) - source->received);
    return lost < 0 ? 0 : lost; /* duplicates count as received */
}

/* Packets up to this one went elsewhere: they are not missing. One that is late by a few changes nothing. */
static void source_skip(rtp_source *source, uint16_t sequence)
{
    uint32_t gap = (uint16_t)(sequence - (uint16_t)source->highest);
    if (!source->started || !gap || gap > 0x10000 - SKIP_MISORDER)
        return;
    source->highest += gap - 1;
    source->base_sequence += gap - 1;
}

/* Count a packet; returns 1 when another sender took the place of the one before. */
static int source_hear(rtp_source *source, const rtp_packet *packet, int64_t now, int clock)
{
    int another = source->started && source->ssrc != packet->ssrc;
    if (!source->started || another) {
        int32_t lost_before = source->lost_before + source_lost(source);
        memset(source, 0, sizeof *source);
        source->started = 1;
        source->lost_before = lost_before;
        source->ssrc = packet->ssrc;
        source->base_sequence = source->highest = packet->sequence;
        source->timestamp = packet->timestamp - 1;
    }
    int16_t step = (int16_t)(packet->sequence - (uint16_t)source->highest);
    if (step > 0)
        source->highest += (uint32_t)step;
    source->received++;
    if (packet->timestamp == source->timestamp)
        return another; /* of the same key: it tells nothing about the network */
    source->timestamp = packet->timestamp;
    uint32_t transit = (uint32_t)(now * clock / 1000000) - packet->timestamp;
    if (source->received > 1) {
        uint32_t later = transit - source->transit, earlier = source->transit - transit;
        uint32_t size = later < earlier ? later : earlier;
        if (size < (uint32_t)clock) /* a jump of the sender's clock is no jitter */
            source->jitter += size - ((source->jitter + 8) >> 4);
    }
    source->transit = transit;
    return another;
}

/* Write one reception report block of 24 octets. */
static void source_report(rtp_source *source, uint8_t *at, int64_t now)
{
    uint32_t expected = source_expected(source);
    uint32_t of = expected - source->expected_before;
    int32_t lost = (int32_t)of - (int32_t)(source->received - source->received_before);
    source->expected_before = expected;
    source->received_before = source->received;
    source->lost_now = lost > 0 ? lost : 0;
    source->expected_now = (int32_t)of;
    put32(at, source->ssrc);
    put32(at + 4, (uint32_t)source_lost(source) & 0xffffff);
    at[4] = of && lost > 0 ? (uint8_t)((lost << 8) / (int32_t)of) : 0;
    put32(at + 8, source->highest);
    put32(at + 12, source->jitter >> 4);
    put32(at + 16, source->last_report);
    put32(at + 20, source->last_report
                       ? (uint32_t)((now - source->last_report_at) * 65536 / 1000000) : 0);
}

/* Codes of RFC 4733 table 3. */
static const char EVENT_DIGITS[] = "0123456789*#ABCD";

static int event_of_digit(char digit)
{
    const char *at = digit ? strchr(EVENT_DIGITS, digit) : NULL;
    return at ? (int)(at - EVENT_DIGITS) : -1;
}

#endif

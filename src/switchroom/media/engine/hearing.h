/* What comes in: whose it is, and where it goes: straight to the peer, or into the jitter buffer. */
#ifndef SWITCHROOM_HEARING_H
#define SWITCHROOM_HEARING_H

#include "digits.h"
#include "seating.h"
#include "tying.h"

#define COMFORT_NOISE 13    /* payload type at 8,000 Hz (RFC 3551); some send it unasked */
#define RELAY_MISORDER 100  /* RFC 3550 appendix A.1: further back is a sender that began anew */
#define RELAY_DROPOUT 3000  /* and so is further ahead */

/* Whether a packet from this address is the party's: the first source that goes on sending is, and
 * the agreed address, when it turns up, always. Nobody else can take the stream over then. */
static int stream_knows(const stream_context *context, stream *self,
                        const struct sockaddr_storage *from, socklen_t size)
{
    int enough = context->settings.learn_packets;
    if (self->ice) { /* from a nominated pair: others do not come this far */
        self->learned = *from;
        self->learned_size = size;
        return 1;
    }
    if (self->learned_size && same_address(from, &self->learned)) {
        self->learned_packets += self->learned_packets < enough;
        return 1;
    }
    int agreed = self->plan.remote_size && same_address(from, &self->plan.remote);
    if (context->settings.is_strict && self->learned_size && self->learned_packets >= enough
        && !agreed)
        return 0;
    self->learned = *from;
    self->learned_size = size;
    self->learned_packets = agreed ? enough : 1;
    if (agreed && context->settings.is_strict)
        stream_tie(self);
    return 1;
}

/* Whether packets of one can be passed on to the other as they are. */
static int stream_can_relay(const stream *from, const stream *to)
{
    return to && from->rtp_socket >= 0 && to->rtp_socket >= 0
           && to->plan.codec == from->plan.codec && to->plan.rate == from->plan.rate
           && !from->plan.hears_tones && from->buffering == BUFFER_AUTO && !stream_is_altered(from, 0)
           && !stream_is_altered(to, 1) && to->plan.sends && !to->sound && !to->echo
           && !to->background_count && from->gain_said == UNITY && to->gain_heard == UNITY
           && !stream_has_digit(to) && !stream_is_spoken_to(to);
}

/* Pass a packet on. Its sequence number moves with it, so that the party sees what was lost or
 * overtaken on the way to us. */
static void stream_relay(stream *to, const rtp_packet *packet, int type)
{
    uint8_t bytes[MAX_PACKET];
    int16_t step = (int16_t)(packet->sequence + to->relay_sequences - to->sequence);
    int begins = !to->relaying || to->relay_ssrc != packet->ssrc || step < -RELAY_MISORDER
                 || step > RELAY_DROPOUT;
    if (packet->payload_size + RTP_HEADER > MAX_PACKET)
        return;
    if (begins) {
        stream_catch_up(to);
        to->relaying = 1;
        to->relay_ssrc = packet->ssrc;
        to->relay_timestamps = to->timestamp - packet->timestamp;
        to->relay_sequences = (uint16_t)(to->sequence - packet->sequence);
        to->relay_began = to->sequence;
        to->packed = 0;
    }
    uint16_t sequence = (uint16_t)(packet->sequence + to->relay_sequences);
    if ((int16_t)(sequence - to->relay_began) < 0)
        return; /* overtaken by the first one: its number went to what was sent before */
    memcpy(bytes + RTP_HEADER, packet->payload, (size_t)packet->payload_size);
    if (stream_send_as(to, sequence, packet->marker || begins, type,
                       packet->timestamp + to->relay_timestamps, bytes,
                       RTP_HEADER + packet->payload_size))
        to->talking = 1;
}

/* Whether this party's audio is wanted sample by sample. */
static int stream_is_decoded(const stream *self)
{
    return self->record.state == RECORDING_RUNS || self->echo || self->talk.enabled
           || self->plan.hears_tones || self->buffering != BUFFER_AUTO || stream_is_altered(self, 0)
           || stream_is_watched(self) || self->spying & (SPY_WHISPERS | SPY_BARGES)
           || (self->seat && seat_is_wanted(self->seat))
           || (self->peer
               && (stream_is_watched(self->peer) || !stream_can_relay(self, self->peer)));
}

static void stream_hear_audio(stream *self, const rtp_packet *packet)
{
    int16_t samples[MAX_PACKET];
    if (self->peer && stream_can_relay(self, self->peer))
        stream_relay(self->peer, packet, self->peer->plan.payload_type);
    self->comfort_heard = 0;
    if (!stream_is_decoded(self))
        return;
    if (is_coded(self)) {
        if (!self->coder && stream_coder(self))
            stream_set_delay(self);
        if (!self->coder
            || !coder_put(self->coder, packet->timestamp, packet->payload, packet->payload_size))
            self->packets_dropped++;
        return;
    }
    if (!self->jitter) {
        self->jitter = calloc(1, sizeof *self->jitter);
        if (!self->jitter)
            return;
        stream_set_delay(self);
    }
    g711_decode(self->plan.codec, packet->payload, samples, packet->payload_size);
    if (!jitter_put(self->jitter, packet->timestamp, samples, packet->payload_size))
        self->packets_dropped++;
}

/* The party is silent, and says how its silence sounds. */
static void stream_hear_silence(stream *self, const rtp_packet *packet)
{
    stream *peer = self->peer;
    int level = packet->payload_size ? packet->payload[0] & 127 : 127;
    if (peer && stream_can_relay(self, peer) && peer->plan.comfort_type >= 0)
        stream_relay(peer, packet, peer->plan.comfort_type);
    self->comfort_heard = level + 1;
}

/* The party's sender began anew: nothing of before tells anything about what comes now. */
static void stream_forget_source(const stream_context *context, stream *self)
{
    stream_key_up(context, self);
    self->key.has_ended = 0;
    if (self->jitter)
        self->jitter->started = 0;
    if (self->coder)
        coder_stop_hearing(self->coder);
}

/* One datagram of the RTP socket, from anybody. */
static void stream_receive(const stream_context *context, stream *self, const uint8_t *bytes,
                           int size, const struct sockaddr_storage *from, socklen_t from_size)
{
    rtp_packet packet;
    if (size > MAX_PACKET || !rtp_read(bytes, size, &packet)
        || !stream_knows(context, self, from, from_size)) {
        self->packets_dropped++;
        return;
    }
    self->packets_received++;
    self->octets_received += (uint64_t)packet.payload_size;
    stream_trace(self, RTP_HEARD, packet.payload_type, packet.sequence, packet.timestamp,
                 packet.payload_size);
    self->heard_tick = context->tick;
    self->timed_out = 0;
    if (self->skips && self->source.ssrc == packet.ssrc)
        source_skip(&self->source, packet.sequence);
    self->skips = 0;
    if (source_hear(&self->source, &packet, context->now, self->plan.clock))
        stream_forget_source(context, self);
    if (!self->plan.receives)
        return;
    if (packet.payload_type == self->plan.event_type)
        stream_hear_event(context, self, &packet);
    else if (packet.payload_type == self->plan.payload_type)
        stream_hear_audio(self, &packet);
    else if (packet.payload_type == COMFORT_NOISE
             || packet.payload_type == self->plan.comfort_type)
        stream_hear_silence(self, &packet);
    else
        self->packets_dropped++; /* what was not agreed */
}

#endif

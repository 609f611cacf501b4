/* Streams that are passed on as they come: video by RTP, fax by UDPTL.
 *
 * Video keeps its sender's numbers; only the payload type becomes the one that was agreed with the other
 * party. So reports and feedback (RFC 4585: lost packets, a new picture) mean the same on both sides and
 * are passed on as well. In a conference it goes to many: showing.h.
 */
#ifndef SWITCHROOM_PASSING_H
#define SWITCHROOM_PASSING_H

#include "showing.h"

static int pass_hear_datagram(const stream_context *context, stream *self, const uint8_t *bytes,
                              int size, const struct sockaddr_storage *from, socklen_t from_size)
{
    socklen_t target_size;
    if (!stream_knows(context, self, from, from_size))
        return 0;
    self->packets_received++;
    self->octets_received += (uint64_t)size;
    self->heard_tick = context->tick;
    stream *to = self->peer;
    if (!passes(self, to))
        return 1;
    const struct sockaddr_storage *target = stream_target(to, &target_size);
    if (target_size
        && sendto(to->rtp_socket, bytes, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL,
                  (const struct sockaddr *)target, target_size) == size) {
        to->packets_sent++;
        to->octets_sent += (uint64_t)size;
    }
    return 1;
}

static int pass_hear_rtp(const stream_context *context, stream *self, uint8_t *bytes, int size,
                         const struct sockaddr_storage *from, socklen_t from_size)
{
    rtp_packet packet;
    if (!rtp_read(bytes, size, &packet) || !stream_knows(context, self, from, from_size))
        return 0;
    self->packets_received++;
    self->octets_received += (uint64_t)packet.payload_size;
    self->heard_tick = context->tick;
    source_hear(&self->source, &packet, context->now, self->plan.clock);
    if (self->plan.receives)
        stream_show(context, self, &packet, bytes, size);
    if (!passes(self, self->peer))
        return 1;
    uint8_t type = type_for(self, self->peer, (uint8_t)packet.payload_type);
    if (type == NO_TYPE)
        return 0;
    bytes[1] = (uint8_t)((bytes[1] & 0x80) | type);
    pass_rtp(self->peer, bytes, size);
    return 1;
}

/* One datagram of either socket of a stream that carries no audio; returns 0 for one that is dropped. */
static int stream_pass(const stream_context *context, stream *self, int is_rtcp, uint8_t *bytes,
                       int size, const struct sockaddr_storage *from, socklen_t from_size)
{
    if (self->plan.carries == CARRIES_DATAGRAMS)
        return !is_rtcp && pass_hear_datagram(context, self, bytes, size, from, from_size);
    is_rtcp = is_rtcp || (self->plan.is_muxed && is_rtcp_packet(bytes, size));
    if (!stream_unseal(self, is_rtcp, bytes, &size))
        return 0;
    if (!is_rtcp)
        return pass_hear_rtp(context, self, bytes, size, from, from_size);
    const struct sockaddr_storage *known =
        self->learned_size ? &self->learned : &self->plan.remote;
    if (size < 8 || bytes[0] >> 6 != 2 || !same_host(from, known))
        return 0;
    if (self->watched)
        stream_hear_watcher(context, self, bytes, size);
    if (self->peer && self->peer->plan.carries == self->plan.carries)
        pass_rtcp(self->peer, bytes, size);
    return 1;
}

#endif

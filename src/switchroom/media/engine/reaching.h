/* How a party is reached: its connectivity checks are answered, its handshakes handed on. */
#ifndef SWITCHROOM_REACHING_H
#define SWITCHROOM_REACHING_H

#include "stream.h"

#define PAIR_IDLE 50 /* ticks without audio from a pair after which another one may take its place */

/* Audio goes where audio comes from. Where none came for a while, to the pair that was named last. */
static void stream_nominate(const stream_context *context, stream *self, int component,
                            const struct sockaddr_storage *from, socklen_t size)
{
    int is_idle = !self->learned_size || context->tick - self->heard_tick > PAIR_IDLE;
    if (ice_nominate(self->ice, component, from, size))
        stream_tell(context, self, PAIR_NOMINATED, component, 0);
    if (!component && is_idle) {
        self->learned = *from;
        self->learned_size = size;
    }
}

/* One connectivity check (RFC 8445 section 7.3); returns 0 for what is none of the party's. */
static int stream_receive_check(const stream_context *context, stream *self, int component,
                                const uint8_t *bytes, int size,
                                const struct sockaddr_storage *from, socklen_t from_size)
{
    stun_request request;
    uint8_t answer[STUN_ANSWER_SIZE];
    if (!ice_read(self->ice, bytes, size, &request))
        return 0;
    int length = stun_answer(&request, from, self->ice->password, self->ice->password_size, answer);
    int fd = component ? self->rtcp_socket : self->rtp_socket;
    sendto(fd, answer, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)from,
           from_size);
    if (request.nominates && !request.is_controlled)
        stream_nominate(context, self, component, from, from_size);
    return 1;
}

/* Returns 0 when too many wait. The control side is told of the first, and takes all. */
static int stream_keep_handshake(const stream_context *context, stream *self, int component,
                                 const uint8_t *bytes, int size,
                                 const struct sockaddr_storage *from)
{
    if (!handshakes_keep(&self->handshakes, context->tick, component, bytes, size, from))
        return 0;
    if (self->handshakes.count == 1)
        stream_tell(context, self, HANDSHAKE_CAME, component, 0);
    return 1;
}

#endif

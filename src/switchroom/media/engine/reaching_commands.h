/* Commands of how a party is reached; each takes the mutex for itself. */
#ifndef SWITCHROOM_REACHING_COMMANDS_H
#define SWITCHROOM_REACHING_COMMANDS_H

#include "commands.h"

#define SURELY 1000000 /* packets: more than any setting asks of a source before it is believed */

/* Go on with other credentials; pairs that were nominated stay until others are. NULL: without ICE.
 * Returns -1 without memory. */
static int pump_set_ice(pump *self, int slot, const ice_agent *credentials)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    int failed = 0;
    if (!credentials) {
        if (one->ice)
            one->learned_size = 0;
        free(one->ice);
        one->ice = NULL;
    } else if (one->ice || (one->ice = calloc(1, sizeof *one->ice))) {
        stream_loosen(one);
        ice_agent agent = *credentials;
        if (!one->ice->ufrag_size)
            one->learned_size = 0; /* what was believed without checks */
        memcpy(agent.pairs, one->ice->pairs, sizeof agent.pairs);
        *one->ice = agent;
    } else {
        failed = -1;
    }
    pthread_mutex_unlock(&self->mutex);
    return failed;
}

/* Where a datagram came from; returns its port. */
static int write_address(const struct sockaddr_storage *address, char *host, int room)
{
    const void *at = address->ss_family == AF_INET6
                         ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr
                         : (const void *)&((const struct sockaddr_in *)address)->sin_addr;
    if (!inet_ntop(address->ss_family, at, host, (socklen_t)room))
        host[0] = 0;
    return port_of(address);
}

/* The oldest handshake that waits, the caller's to free; NULL: none. */
static handshake *pump_take_handshake(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    handshake *one = handshakes_take(&self->streams[slot]->handshakes);
    pthread_mutex_unlock(&self->mutex);
    return one;
}

/* The party is there: it proved so by other means than its packets. With ICE, pairs tell. */
static void pump_learn(pump *self, int slot, const struct sockaddr_storage *address,
                       socklen_t size)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    if (!one->ice) {
        one->learned = *address;
        one->learned_size = size;
        one->learned_packets = SURELY;
    }
    pthread_mutex_unlock(&self->mutex);
}

/* Answer one: to an address, or with size 0 to the party. Returns 0 when it did not leave. */
static int pump_send_handshake(pump *self, int slot, int component, const uint8_t *bytes, int size,
                               const struct sockaddr_storage *to, socklen_t to_size)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    struct sockaddr_storage target = *to;
    if (!to_size)
        target = component ? stream_report_target(one, &to_size) : *stream_target(one, &to_size);
    int fd = component ? one->rtcp_socket : one->rtp_socket;
    int sent = to_size && fd >= 0
               && sendto(fd, bytes, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL,
                         (const struct sockaddr *)&target, to_size) == size;
    pthread_mutex_unlock(&self->mutex);
    return sent;
}

#endif

/* Datagrams of DTLS on a stream's sockets (RFC 5764 section 5.1.2): kept until the control side,
 * which shakes hands, comes for them. */
#ifndef SWITCHROOM_HANDSHAKES_H
#define SWITCHROOM_HANDSHAKES_H

#include <stdlib.h>

#include "address.h"

#define HANDSHAKES_WAITING 32 /* of one stream; a flight has a handful, what is lost is sent again */
#define HANDSHAKES_A_TICK 8   /* likewise: a flood of them is no work for the control side */
#define HANDSHAKE_LARGEST 2048

typedef struct handshake {
    struct handshake *next;
    struct sockaddr_storage from;
    int component, size;
    uint8_t bytes[];
} handshake;

typedef struct {
    handshake *first, *last;
    int count;
    uint64_t tick; /* of the last one */
    int in_tick;
} handshake_queue;

static int is_stun(const uint8_t *bytes, int size) { return size && bytes[0] < 4; }

static int is_dtls(const uint8_t *bytes, int size)
{
    return size && bytes[0] >= 20 && bytes[0] < 64;
}

/* Returns 0 when too many wait or came in this tick, or without memory. */
static int handshakes_keep(handshake_queue *queue, uint64_t tick, int component,
                           const uint8_t *bytes, int size, const struct sockaddr_storage *from)
{
    queue->in_tick = queue->tick == tick ? queue->in_tick + 1 : 1;
    queue->tick = tick;
    int room = queue->count < HANDSHAKES_WAITING && queue->in_tick <= HANDSHAKES_A_TICK;
    handshake *one = room && size <= HANDSHAKE_LARGEST
                         ? malloc(sizeof *one + (size_t)size)
                         : NULL;
    if (!one)
        return 0;
    one->next = NULL;
    one->from = *from;
    one->component = component;
    one->size = size;
    memcpy(one->bytes, bytes, (size_t)size);
    if (queue->last)
        queue->last->next = one;
    else
        queue->first = one;
    queue->last = one;
    queue->count++;
    return 1;
}

/* The oldest, the caller's to free; NULL: none waits. */
static handshake *handshakes_take(handshake_queue *queue)
{
    handshake *one = queue->first;
    if (one) {
        queue->first = one->next;
        queue->count--;
        if (!queue->first)
            queue->last = NULL;
    }
    return one;
}

static void handshakes_clear(handshake_queue *queue)
{
    for (handshake *one; (one = handshakes_take(queue));)
        free(one);
}

#endif

/* Packets that say nothing and keep the way open through a NAT (RFC 6263 section 4.3). */
#ifndef SWITCHROOM_KEEP_ALIVE_H
#define SWITCHROOM_KEEP_ALIVE_H

#include "hearing.h"

#define QUIETEST 127     /* -dBov */

/* Once a tick; also while the party is not to hear anything, since that is when ways close. */
static void stream_keep_alive(stream *self)
{
    uint8_t bytes[RTP_HEADER + 1];
    if (!self->plan.keep_alive)
        return;
    if (self->packets_sent != self->packets_seen) {
        self->packets_seen = self->packets_sent;
        self->idle = 0;
    } else if (++self->idle >= self->plan.keep_alive) {
        self->idle = 0;
        bytes[RTP_HEADER] = QUIETEST;
        stream_send(self, 0, COMFORT_NOISE, self->timestamp, bytes, sizeof bytes);
        self->packets_seen = self->packets_sent;
    }
}

#endif

/* Comfort noise (RFC 3389): what a party that is silent says of its silence, and what we say of ours. */
#ifndef SWITCHROOM_COMFORT_H
#define SWITCHROOM_COMFORT_H

#include "hearing.h"

#define COMFORT_LEVEL 65 /* -dBov, of what we send: a quiet line */

static void comfort_fill(uint32_t *seed, int16_t *samples, int count, int level)
{
    /* numbers of equal chance up to the square root of three times the mean have that mean square */
    double most = 32768 * pow(10, -level / 20.0) * 1.7320508;
    for (int i = 0; i < count; i++) {
        *seed = *seed * 1664525u + 1013904223u;
        samples[i] = (int16_t)(most * ((int32_t)*seed / 2147483648.0));
    }
}

/* Where the party said that it is silent, let that be heard instead of nothing. */
static void stream_hear_comfort(stream *self)
{
    int is_missing = is_coded(self) ? !self->coder || self->coder->missed
                                    : !self->jitter || self->jitter->missed;
    if (!self->comfort_heard || !is_missing)
        return;
    comfort_fill(&self->comfort_seed, self->heard, FRAME, self->comfort_heard - 1);
    if (self->coder)
        comfort_fill(&self->comfort_seed, self->coder->heard, self->coder->frame,
                     self->comfort_heard - 1);
    self->is_heard = 1;
}

/* Say that nothing more comes for now. */
static void stream_send_comfort(stream *self)
{
    uint8_t bytes[RTP_HEADER + 1];
    bytes[RTP_HEADER] = COMFORT_LEVEL;
    stream_send(self, 0, self->plan.comfort_type, self->timestamp, bytes, sizeof bytes);
}

#endif

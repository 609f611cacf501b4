/* The two ends of a pipe carry audio as wide as what is beyond either end: a phone, or a conference. */
#ifndef SWITCHROOM_PIPING_H
#define SWITCHROOM_PIPING_H

#include "seating.h"

#define LONGEST_CHAIN 8 /* pipes in a row that are looked through */

/* Hertz, of what is at this end. */
static int stream_reach(const stream *self, int depth)
{
    const stream *peer = self->peer;
    if (self->seat)
        return self->seat->mix->highest;
    if (!peer || (peer->pipe && !depth))
        return RATE;
    if (peer->pipe)
        return stream_reach(peer->pipe, depth - 1);
    return is_coded(peer) ? peer->plan.rate : RATE;
}

static void pipe_carry(stream *self, int rate)
{
    stream_drop_coder(self);
    self->plan.codec = rate == RATE ? CODEC_PCMU : CODEC_LINEAR;
    self->plan.rate = self->plan.clock = rate;
    if (rate != RATE)
        stream_coder(self);
    if (self->seat)
        stream_change_seat(self);
}

/* Carry more, or less, where what is at the ends has changed. */
static void pipe_adapt(stream *self)
{
    stream *other = self->pipe;
    int one = stream_reach(self, LONGEST_CHAIN), two = stream_reach(other, LONGEST_CHAIN);
    int rate = one < two ? one : two;
    if (rate != self->plan.rate) {
        pipe_carry(self, rate);
        pipe_carry(other, rate);
    }
}

/* What comes out at this end. */
static void pipe_listen(stream *self)
{
    const stream *other = self->pipe;
    pipe_adapt(self);
    self->is_heard = other->is_said;
    if (!self->is_heard)
        return;
    memcpy(self->heard, other->said, sizeof self->heard);
    if (self->coder && other->coder)
        memcpy(self->coder->heard, other->coder->packed,
               (size_t)self->coder->frame * sizeof *self->coder->heard);
}

/* What goes in here: frame, and what the coder has that is wider. */
static void pipe_speak(stream *self, const int16_t *frame, int any)
{
    memcpy(self->said, frame, sizeof self->said);
    self->is_said = any;
    if (self->coder && any)
        coder_widen(self->coder, frame, self->coder->packed);
}

#endif

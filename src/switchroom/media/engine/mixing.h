/* Conferences: each party hears the sum of what the others say.
 *
 * Those whose codecs have one rate are a group: what they say is summed up once at that rate, and each
 * hears the sum less his own part, exactly. One group hears the others through one resampler for each
 * pair of rates, however many people there are. Group 0 has 8,000 Hz. Whose codec is wider than the room
 * may be is in the group of the room's rate, by resamplers of his own.
 */
#ifndef SWITCHROOM_MIXING_H
#define SWITCHROOM_MIXING_H

#include "listening.h"
#include "recording.h"

#define MIX_GROUPS 6
#define MIX_SHARED 8        /* codecs whose packets are shared; with more each party has its own */
#define MIX_KNEE 24576      /* louder sums are bent, so that they never reach the limit: -2.5 dB */
#define MIX_SETTLED 50      /* ticks of silence after which a party gets everybody's packets: by then
                             * its own encoder remembers nothing that the shared one does not */

/* What silent listeners hear, encoded once a tick for all of one codec. */
typedef struct {
    int codec, rate;
    coder *coder;           /* NULL: G.711 */
    uint64_t tick;          /* of what is in bytes */
    int size;               /* of the payload */
    uint8_t bytes[RTP_HEADER + CODED_LONGEST];
} shared_packet;

typedef struct {
    int rate, frame;        /* hertz; samples of a tick */
    int members, devices;   /* those with a socket are devices; the others are ends of pipes */
    int is_heard;           /* sum has something */
    int quiet;              /* ticks in a row without */
    int32_t sum[WIDEST];    /* what its members said */
    int32_t whole[WIDEST];  /* what all said */
    uint64_t tick;          /* of whole */
    int has_fading;
    int32_t fading[WIDEST]; /* the end of who left, so that no wave is cut off */
    resampler *from[MIX_GROUPS];
    shared_packet *shared[MIX_SHARED];
} mix_group;

typedef struct mix {
    int limit;              /* hertz: nobody is heard wider */
    int highest;            /* hertz: of the widest device */
    struct seat *seats;
    mix_group *groups[MIX_GROUPS];
} mix;

/* How a stream takes part. */
typedef struct {
    int talks, hears;
    int gain_talk, gain_listen;
    int drops_silence;      /* it is left out while it is silent */
    int level;              /* mean magnitude from which on it is not, as talk_detector */
    int pause;              /* ticks it may be silent until it is left out */
    int buffers;            /* packets are held back against jitter; else they are mixed as they come */
} seat_plan;

typedef struct seat {
    struct seat *next;
    mix *mix;
    stream *stream;
    seat_plan plan;
    int group;
    int gain, gain_heard;   /* of the last tick; the next begins with them */
    int codec_rate;         /* of the stream's plan, while the room has a lower one */
    resampler *in, *out;    /* where it speaks and hears wider than the room; else NULL */
    int polled;             /* packets that its socket had at the last tick */
    int spoke;              /* it is part of the group's sum in this tick */
    int silent;             /* ticks since it was loud, for drops_silence */
    int settled;            /* ticks since it was part of a sum, or heard something of its own */
    int shares;             /* its last packet was everybody's */
    const int16_t *own;     /* its part */
    int16_t buffer[WIDEST];
} seat;

/* samples */

/* Bend what is louder than the knee; the limit is reached by nothing. */
static int16_t bent(int32_t value)
{
    int32_t over = abs(value) - MIX_KNEE;
    if (over <= 0)
        return (int16_t)value;
    int32_t room = 32767 - MIX_KNEE;
    int32_t loud = MIX_KNEE + (int32_t)((int64_t)over * room / (over + room));
    return (int16_t)(value < 0 ? -loud : loud);
}

/* The whole without one's own part, NULL: all of it. */
static void mix_without(const int32_t *whole, const int16_t *own, int16_t *out, int count)
{
    int32_t loudest = 0, rest[WIDEST];
    for (int i = 0; own && i < count; i++)
        rest[i] = whole[i] - own[i];
    const int32_t *left = own ? rest : whole;
    for (int i = 0; i < count; i++)
        loudest |= left[i] ^ (left[i] >> 31);
    if (loudest < 16384) { /* all are below the knee: this loop takes eight at once */
        for (int i = 0; i < count; i++)
            out[i] = (int16_t)left[i];
        return;
    }
    for (int i = 0; i < count; i++)
        out[i] = bent(left[i]);
}

/* Go from one gain to another within a frame. */
static void ramp(const int16_t *samples, int16_t *out, int count, int from, int to)
{
    for (int i = 0; i < count; i++) {
        int gain = from + (to - from) * i / count;
        out[i] = clipped(samples[i] * gain / UNITY);
    }
}

/* How a wave goes on that must end: backwards, and fading. */
static int32_t fading_at(int32_t mirrored, int at, int count)
{
    return (int32_t)((int64_t)mirrored * (count - at) / count);
}

/* rooms */

static mix_group *mix_group_new(int rate)
{
    mix_group *made = calloc(1, sizeof *made);
    if (made) {
        made->rate = rate;
        made->frame = rate / 50;
        made->quiet = 2;
    }
    return made;
}

static mix *mix_new(int limit)
{
    mix *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->limit = limit;
    self->highest = RATE;
    self->groups[0] = mix_group_new(RATE);
    if (!self->groups[0]) {
        free(self);
        return NULL;
    }
    return self;
}

static void mix_free(mix *self)
{
    for (int i = 0; i < MIX_GROUPS && self->groups[i]; i++) {
        for (int from = 0; from < MIX_GROUPS; from++)
            resampler_free(self->groups[i]->from[from]);
        for (int at = 0; at < MIX_SHARED && self->groups[i]->shared[at]; at++) {
            coder_free(self->groups[i]->shared[at]->coder);
            free(self->groups[i]->shared[at]);
        }
        free(self->groups[i]);
    }
    free(self);
}

/* The group of a rate, made where it is new; without memory, or room, that of 8,000 Hz. */
static int mix_group_of(mix *self, int rate)
{
    int at = 0;
    while (at < MIX_GROUPS && self->groups[at] && self->groups[at]->rate != rate)
        at++;
    if (at < MIX_GROUPS && !self->groups[at])
        self->groups[at] = mix_group_new(rate);
    return at < MIX_GROUPS && self->groups[at] ? at : 0;
}

static void mix_find_highest(mix *self)
{
    self->highest = RATE;
    for (int i = 0; i < MIX_GROUPS && self->groups[i]; i++)
        if (self->groups[i]->devices && self->groups[i]->rate > self->highest)
            self->highest = self->groups[i]->rate;
}

/* Hear the other groups as well: bring one group's sum to another's rate. */
static void mix_bring(mix *self, int from, int to)
{
    mix_group *source = self->groups[from], *target = self->groups[to];
    int16_t narrow[WIDEST], made[WIDEST + 1];
    if (!target->from[from] && !(target->from[from] = resampler_new(source->rate, target->rate)))
        return;
    mix_without(source->sum, NULL, narrow, source->frame);
    int count = resampler_run(target->from[from], narrow, source->frame, made);
    for (int i = 0; i < count && i < target->frame; i++)
        target->whole[i] += made[i];
}

static void mix_complete(mix *self, int at, uint64_t tick)
{
    mix_group *group = self->groups[at];
    memcpy(group->whole, group->sum, (size_t)group->frame * sizeof *group->whole);
    for (int from = 0; from < MIX_GROUPS && self->groups[from]; from++)
        if (from != at && self->groups[from]->quiet < 2) /* a resampler's line outlasts the sound */
            mix_bring(self, from, at);
    group->tick = tick;
}

/* seats */

static mix_group *seat_group(const seat *self) { return self->mix->groups[self->group]; }

/* What it says, at its group's rate. */
static const int16_t *seat_voice(seat *self)
{
    const coder *coder = self->stream->coder;
    if (!self->group || !coder)
        return self->stream->heard;
    if (!self->in)
        return coder->heard;
    resampler_run(self->in, coder->heard, coder->frame, self->buffer);
    return self->buffer;
}

/* Whether the room needs what the party says. */
static int seat_is_wanted(const seat *self) { return self->plan.talks || self->gain; }

/* How loud it is to be in this tick, and whether it is part of the mix at all. */
static int seat_gain(seat *self)
{
    if (!self->plan.talks)
        return 0;
    if (!self->plan.drops_silence)
        return self->plan.gain_talk;
    self->silent = stream_loudness(self->stream) >= self->plan.level ? 0 : self->silent + 1;
    return self->silent <= self->plan.pause ? self->plan.gain_talk : 0;
}

static void seat_speak(seat *self)
{
    mix_group *group = seat_group(self);
    int heard = self->stream->is_heard && (!self->group || self->stream->coder);
    int gain = heard ? seat_gain(self) : 0;
    self->spoke = heard && (gain || self->gain);
    if (self->spoke) {
        const int16_t *voice = seat_voice(self);
        self->own = voice;
        if (gain != UNITY || self->gain != UNITY) {
            ramp(voice, self->buffer, group->frame, self->gain, gain);
            self->own = self->buffer;
        }
        for (int i = 0; i < group->frame; i++)
            group->sum[i] += self->own[i];
        group->is_heard = 1;
        self->settled = 0;
    }
    self->gain = gain;
}

/* Whether somebody needs the mix at 8,000 Hz besides the one at its own rate. */
static int seat_needs_narrow(const seat *self)
{
    return self->group && (self->stream->pipe || stream_is_watched(self->stream));
}

/* What the party hears of the room, into count samples of its group. */
static void seat_listen(seat *self, uint64_t tick, int16_t *out, int count)
{
    const mix_group *group = seat_group(self);
    int gain = self->plan.hears ? self->plan.gain_listen : 0;
    if (group->tick != tick || (!gain && !self->gain_heard)) {
        memset(out, 0, (size_t)count * sizeof *out); /* it took its seat after the sum was made */
    } else {
        mix_without(group->whole, self->spoke ? self->own : NULL, out, count);
        if (gain != UNITY || self->gain_heard != UNITY)
            ramp(out, out, count, self->gain_heard, gain);
    }
    self->gain_heard = gain;
}

/* The same at 8,000 Hz, for who is at another rate; gain is that at which it heard the last tick. */
static void seat_listen_narrow(const seat *self, uint64_t tick, int gain, int16_t *out)
{
    const mix_group *group = self->mix->groups[0];
    memset(out, 0, FRAME * sizeof *out);
    if (group->tick != tick || (!gain && !self->gain_heard))
        return;
    mix_without(group->whole, self->spoke ? self->stream->heard : NULL, out, FRAME);
    ramp(out, out, FRAME, gain, self->gain_heard);
}

/* Put what the party hears of its room where stream_mix() wants it. */
static void stream_add_room(stream *self, uint64_t tick, int16_t *frame)
{
    seat *seat = self->seat;
    int16_t room[WIDEST];
    int gain = seat->gain_heard, count = seat_group(seat)->frame;
    seat->settled++;
    if (!seat->group) {
        seat_listen(seat, tick, frame, FRAME);
        return;
    }
    if (!stream_coder(self))
        return;
    seat_listen(seat, tick, seat->out ? room : self->coder->wide, count);
    if (seat->out)
        resampler_run(seat->out, room, count, self->coder->wide);
    self->coder->is_wide = 1;
    if (seat_needs_narrow(seat)) {
        seat_listen_narrow(seat, tick, gain, frame);
        memcpy(self->coder->narrow, frame, FRAME * sizeof *frame);
    }
}

#endif

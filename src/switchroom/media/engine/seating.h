/* Taking and leaving seats in a conference, and its tick. */
#ifndef SWITCHROOM_SEATING_H
#define SWITCHROOM_SEATING_H

#include "sharing.h"

/* coming and going */

/* The rate to mix a stream at. Opus codes at any of these, so a room's lower rate saves its work. */
static int seat_rate(seat *self)
{
    static const int rates[] = {48000, 24000, 16000, 12000, 8000};
    stream *one = self->stream;
    int rate = is_coded(one) ? one->plan.rate : RATE, limit = self->mix->limit, i = 0;
    if (one->plan.codec == CODEC_OPUS && rate > limit) {
        while (i < 4 && rates[i] > limit)
            i++;
        self->codec_rate = rate;
        one->plan.rate = rate = rates[i];
        stream_drop_coder(one);
    }
    return rate > limit ? limit : rate;
}

static void seat_drop_resamplers(seat *self)
{
    resampler_free(self->in);
    resampler_free(self->out);
    self->in = self->out = NULL;
}

/* Find its group, and how it gets there where its codec is wider; without memory it is that of 8,000 Hz. */
static void seat_find_group(seat *self)
{
    seat_drop_resamplers(self);
    self->group = mix_group_of(self->mix, seat_rate(self));
    int rate = seat_group(self)->rate, own = self->stream->plan.rate;
    if (!self->group || rate == own)
        return;
    self->in = resampler_new(own, rate);
    self->out = resampler_new(rate, own);
    if (!self->in || !self->out) {
        seat_drop_resamplers(self);
        self->group = 0;
    }
}

static void seat_count(const seat *self, int more)
{
    seat_group(self)->members += more;
    seat_group(self)->devices += self->stream->pipe ? 0 : more;
    mix_find_highest(self->mix);
}

/* Another plan: it may be mixed at another rate. */
static void stream_change_seat(stream *self)
{
    seat *seat = self->seat;
    seat_count(seat, -1);
    seat_find_group(seat);
    seat->spoke = seat->settled = seat->shares = 0;
    seat_count(seat, 1);
}

static int stream_delay(const stream *self)
{
    if (self->buffering != BUFFER_AUTO)
        return self->buffer_delay;
    return self->seat && !self->seat->plan.buffers ? 0 : JITTER_DELAY;
}

/* Hold back as much as it now should; what is held back already is given up bit by bit. */
static void stream_set_delay(stream *self)
{
    int is_fixed = self->buffering == BUFFER_FIXED;
    if (self->jitter) {
        self->jitter->delay = stream_delay(self);
        self->jitter->is_fixed = is_fixed;
    }
    if (self->coder) {
        self->coder->delay = stream_delay(self) / FRAME * self->coder->step;
        self->coder->is_fixed = is_fixed;
    }
}

/* Let what a party hears of the room fade, and what the room hears of it. */
static void seat_fade(const seat *self)
{
    mix_group *group = seat_group(self);
    int16_t heard[WIDEST];
    if (self->spoke) {
        for (int i = 0; i < group->frame; i++)
            group->fading[i] = (group->has_fading ? group->fading[i] : 0)
                               + fading_at(self->own[group->frame - 1 - i], i, group->frame);
        group->has_fading = 1;
    }
    if (self->gain_heard && group->tick && !self->stream->fading
        && (self->stream->fading = calloc(WIDEST, sizeof *heard))) {
        mix_without(group->whole, self->spoke ? self->own : NULL, heard, group->frame);
        for (int i = 0; i < group->frame; i++)
            self->stream->fading[i] = (int16_t)fading_at(heard[group->frame - 1 - i], i,
                                                         group->frame);
        self->stream->fading_rate = group->rate;
    }
}

static void stream_leave_mix(stream *self)
{
    seat *seat = self->seat, **at;
    if (!seat)
        return;
    stream_stop_sharing(self);
    seat_fade(seat);
    seat_count(seat, -1);
    for (at = &seat->mix->seats; *at != seat;)
        at = &(*at)->next;
    *at = seat->next;
    self->seat = NULL;
    stream_set_delay(self);
    if (seat->codec_rate && self->plan.codec == CODEC_OPUS) {
        self->plan.rate = seat->codec_rate;
        stream_drop_coder(self);
    }
    seat_drop_resamplers(seat);
    free(seat);
}

/* Take a seat, or sit otherwise on the one it has; returns -1 without memory. */
static int stream_join_mix(stream *self, mix *room, const seat_plan *plan)
{
    if (self->seat && self->seat->mix == room) {
        self->seat->plan = *plan;
        stream_set_delay(self);
        return 0;
    }
    seat *seat = calloc(1, sizeof *seat);
    if (!seat)
        return -1;
    stream_leave_mix(self);
    seat->mix = room;
    seat->stream = self;
    seat->plan = *plan;
    seat->silent = plan->pause; /* until it is loud for the first time */
    seat->next = room->seats;
    room->seats = seat;
    self->seat = seat;
    seat_find_group(seat);
    seat_count(seat, 1);
    stream_set_delay(self);
    return 0;
}

#endif

/* Whoever only listens gets the packet that everybody of his codec gets: it is encoded once a tick. */
#ifndef SWITCHROOM_SHARING_H
#define SWITCHROOM_SHARING_H

#include "mixing.h"

static int codec_can_share(int codec)
{
    return codec <= CODEC_PCMA || CODEC_KINDS[codec].encoder_size;
}

/* Whether everybody who only listens gets the very packets that this party is to get now. */
static int stream_shares(const stream *self)
{
    const seat *seat = self->seat;
    return seat && seat->settled >= MIX_SETTLED && seat->plan.hears && !seat->out
           && seat->plan.gain_listen == UNITY && seat->gain_heard == UNITY
           && self->gain_heard == UNITY && self->rtp_socket >= 0 && self->plan.sends
           && self->plan.packet_samples == FRAME && !self->packed && !self->sound && !self->echo
           && !self->background_count && !self->fading && !self->digits_count
           && self->digit_code < 0 && !self->digit_gap && codec_can_share(self->plan.codec)
           && !stream_is_watched(self) && !stream_is_spoken_to(self);
}

static shared_packet *mix_shared(mix_group *group, const stream *for_whom)
{
    const stream_plan *plan = &for_whom->plan;
    int at = 0;
    for (; at < MIX_SHARED && group->shared[at]; at++)
        if (group->shared[at]->codec == plan->codec && group->shared[at]->rate == plan->rate)
            return group->shared[at];
    shared_packet *made = at < MIX_SHARED ? calloc(1, sizeof *made) : NULL;
    if (!made)
        return NULL;
    made->codec = plan->codec;
    made->rate = plan->rate;
    if (is_coded(for_whom) && !(made->coder = coder_new(plan->codec, plan->rate, plan->clock))) {
        free(made);
        return NULL;
    }
    return group->shared[at] = made;
}

static void shared_encode(shared_packet *self, const mix_group *group)
{
    int16_t frame[FRAME] = {0};
    uint8_t *bytes = self->bytes + RTP_HEADER;
    coder *coder = self->coder;
    if (!coder) {
        mix_without(group->whole, NULL, frame, FRAME);
        g711_encode(self->codec, frame, bytes, FRAME);
        self->size = FRAME;
        return;
    }
    int at_own_rate = group->rate == coder->rate;
    mix_without(group->whole, NULL, at_own_rate ? coder->wide : frame, group->frame);
    if (coder->up || !at_own_rate)
        coder_widen(coder, frame, coder->packed);
    else
        memcpy(coder->packed, coder->wide, (size_t)coder->frame * sizeof *coder->packed);
    self->size = coder->kind->encode(coder->encoder, coder->packed, coder->frame, bytes,
                                     CODED_LONGEST);
}

/* The packet of this tick for parties of this one's codec; NULL: there is none. */
static shared_packet *stream_shared(const stream *self, uint64_t tick)
{
    mix_group *group = seat_group(self->seat);
    shared_packet *found = group->tick == tick ? mix_shared(group, self) : NULL;
    if (found && found->tick != tick) {
        found->tick = tick;
        shared_encode(found, group);
    }
    return found && found->size > 0 ? found : NULL;
}

/* From now on it has packets of its own: its encoder goes on where the shared one stands. */
static void stream_stop_sharing(stream *self)
{
    if (!self->seat->shares)
        return;
    shared_packet *last = mix_shared(seat_group(self->seat), self);
    if (last && last->coder && stream_coder(self))
        coder_follow(self->coder, last->coder);
    self->seat->shares = self->seat->settled = 0;
}

/* Whether everybody's packet is this party's too, in this tick. */
static int seat_follows_room(stream *self)
{
    if (!stream_shares(self)) {
        stream_stop_sharing(self);
        return 0;
    }
    self->seat->shares = 1;
    return 1;
}

/* the tick */

/* Once a tick, between what all said and what all hear. */
static void mix_sum(mix *self, uint64_t tick)
{
    int narrow = 0;
    for (int i = 0; i < MIX_GROUPS && self->groups[i]; i++) {
        mix_group *group = self->groups[i];
        group->is_heard = group->has_fading;
        if (group->has_fading)
            memcpy(group->sum, group->fading, (size_t)group->frame * sizeof *group->sum);
        else
            memset(group->sum, 0, (size_t)group->frame * sizeof *group->sum);
        group->has_fading = 0;
    }
    for (seat *each = self->seats; each; each = each->next) {
        seat_speak(each);
        if (!stream_shares(each->stream)) /* here, where its packet is not encoded yet */
            stream_stop_sharing(each->stream);
        narrow |= seat_needs_narrow(each);
    }
    for (int i = 0; i < MIX_GROUPS && self->groups[i]; i++)
        self->groups[i]->quiet = self->groups[i]->is_heard ? 0 : self->groups[i]->quiet + 1;
    for (int i = 0; i < MIX_GROUPS && self->groups[i]; i++)
        if (self->groups[i]->members || (narrow && !i))
            mix_complete(self, i, tick);
}

#endif

/* Listening in: taps that record both directions, and parties that hear a call and speak into it. */
#ifndef SWITCHROOM_LISTENING_H
#define SWITCHROOM_LISTENING_H

#include "stream.h"

static void add(int16_t *frame, const int16_t *more, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int sum = frame[i] + more[i];
        frame[i] = (int16_t)(sum > 32767 ? 32767 : sum < -32767 ? -32767 : sum);
    }
}

static void amplify(int16_t *frame, int gain)
{
    for (int i = 0; gain != UNITY && i < FRAME; i++) {
        int loud = frame[i] * gain / UNITY;
        frame[i] = (int16_t)(loud > 32767 ? 32767 : loud < -32767 ? -32767 : loud);
    }
}

/* Whether both directions of this stream are wanted sample by sample. */
static int stream_is_watched(const stream *self)
{
    return self->taps || self->spies || self->tone_watches;
}

static int stream_has_spy(const stream *self, int how)
{
    for (const stream *spy = self->spies; spy; spy = spy->next_spy)
        if (spy->spying & how)
            return 1;
    return 0;
}

/* Whether somebody besides its peer speaks to this party. */
static int stream_is_spoken_to(const stream *self)
{
    return self->spied || stream_has_spy(self, SPY_WHISPERS | SPY_BARGES)
           || (self->peer && stream_has_spy(self->peer, SPY_BARGES));
}

/* spies */

static void stream_stop_spying(stream *self)
{
    if (!self->spied)
        return;
    stream **at = &self->spied->spies;
    while (*at != self)
        at = &(*at)->next_spy;
    *at = self->next_spy;
    self->spied = self->next_spy = NULL;
    self->spying = 0;
}

static void stream_spy(stream *self, stream *target, int how)
{
    stream_stop_spying(self);
    self->spied = target;
    self->spying = how;
    self->next_spy = target->spies;
    target->spies = self;
}

/* Add what a spy hears; returns 0 when that is nothing. */
static int stream_add_spied(const stream *self, int16_t *frame)
{
    const stream *target = self->spied;
    int any = 0;
    if (target && self->spying & SPY_SAID && target->is_heard) {
        add(frame, target->heard, FRAME);
        any = 1;
    }
    if (target && self->spying & SPY_HEARD && target->is_hearing) {
        add(frame, target->hears, FRAME);
        any = 1;
    }
    return any;
}

static int stream_add_spies(const stream *of, int how, int16_t *frame)
{
    int any = 0;
    for (const stream *spy = of->spies; spy; spy = spy->next_spy)
        if (spy->spying & how && spy->is_heard) {
            add(frame, spy->heard, FRAME);
            any = 1;
        }
    return any;
}

/* Add what spies say to this party; returns 0 when that is nothing. */
static int stream_add_whispers(const stream *self, int16_t *frame)
{
    int any = stream_add_spies(self, SPY_WHISPERS | SPY_BARGES, frame);
    return (self->peer && stream_add_spies(self->peer, SPY_BARGES, frame)) || any;
}

/* taps */

static void tap_put(tap *self, const int16_t *said, const int16_t *heard)
{
    static const int16_t silence[FRAME];
    if (self->paused)
        return;
    if (self->head - self->tail > TAP_SIZE - FRAME) {
        self->lost += FRAME;
        return;
    }
    said = said && !self->mutes_said ? said : silence;
    heard = heard && !self->mutes_heard ? heard : silence;
    for (int i = 0; i < FRAME; i++) {
        int16_t *pair = self->ring + 2 * (self->head++ & (TAP_SIZE - 1));
        pair[0] = said[i];
        pair[1] = heard[i];
    }
}

/* Keep what the party hears of others than spies, for who watches. relayed: what the peer says and
 * is passed on as it came. */
static void stream_watch(stream *self, const int16_t *frame, int any, const int16_t *relayed)
{
    memcpy(self->hears, frame, sizeof self->hears);
    if (relayed)
        add(self->hears, relayed, FRAME);
    self->is_hearing = any || relayed;
    for (tap *each = self->taps; each; each = each->next)
        if (self->peer || self->seat || !each->only_connected)
            tap_put(each, self->is_heard ? self->heard : NULL, self->is_hearing ? self->hears : NULL);
}

/* Move up to room pairs out, to each array that is not NULL; returns how many. */
static int tap_take(tap *self, int16_t *said, int16_t *heard, int room)
{
    int count = 0;
    while (self->tail != self->head && count < room) {
        const int16_t *pair = self->ring + 2 * (self->tail++ & (TAP_SIZE - 1));
        said[count] = pair[0];
        heard[count++] = pair[1];
    }
    return count;
}

static tap *stream_tap(stream *self, int64_t number)
{
    tap *found = self->taps;
    while (found && found->number != number)
        found = found->next;
    return found;
}

static void stream_remove_tap(stream *self, int64_t number)
{
    tap **at = &self->taps;
    while (*at && (*at)->number != number)
        at = &(*at)->next;
    tap *found = *at;
    if (found)
        *at = found->next;
    free(found);
}

static void stream_free_taps(stream *self)
{
    while (self->taps)
        stream_remove_tap(self, self->taps->number);
}

#endif

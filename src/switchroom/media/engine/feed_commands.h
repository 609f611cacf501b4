/* Commands about feeds; each takes the mutex for itself. */
#ifndef SWITCHROOM_FEED_COMMANDS_H
#define SWITCHROOM_FEED_COMMANDS_H

#include "commands.h"

typedef struct { int fd, framing, codec, rate, is_modem; } feed_plan;

/* Returns NULL without memory, or without the codec's library. */
static feed *feed_new(const feed_plan *plan, uint32_t random)
{
    feed *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    made->fd = plan->fd;
    made->framing = plan->framing;
    made->codec = plan->codec;
    made->rate = plan->rate;
    made->is_modem = plan->is_modem;
    made->frame = plan->rate / 50;
    made->mask = random;
    made->parser.kind = -1;
    made->least = UINT64_MAX;
    if (plan->codec == CODEC_LINEAR || plan->codec <= CODEC_PCMA)
        return made;
    made->kind = &CODEC_KINDS[plan->codec];
    made->encoder = made->kind->open_encoder(plan->rate);
    made->decoder = made->kind->open_decoder(plan->rate);
    if (made->encoder && made->decoder)
        return made;
    made->fd = -1; /* it stays the caller's */
    feed_free(made);
    return NULL;
}

/* A stream of a program behind a descriptor, which is the engine's from now on; -1: it comes later.
 * Returns the slot; -1 without memory: then the descriptor is the caller's. */
static int pump_open_feed(pump *self, const feed_plan *plan, const uint32_t *random, uint32_t *id)
{
    feed *made = feed_new(plan, random[0]);
    if (!made)
        return -1;
    pthread_mutex_lock(&self->mutex);
    int slot = pump_add(self, random);
    if (slot < 0) {
        made->fd = -1;
        feed_free(made);
    } else {
        stream *one = self->streams[slot];
        one->feed = made;
        one->plan.sends = one->plan.receives = 1;
        one->plan.codec = plan->rate == RATE ? CODEC_PCMU : CODEC_LINEAR;
        one->plan.rate = one->plan.clock = plan->rate;
        *id = one->id;
    }
    pthread_mutex_unlock(&self->mutex);
    return slot;
}

/* The program has come: its descriptor is the engine's from now on. greeting: a frame that it gets before
 * any audio. first: what was read of it already. */
static void pump_attach_feed(pump *self, int slot, int fd, const uint8_t *greeting, int greeting_size,
                             uint8_t *first, int size)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    one->feed->fd = fd;
    stream_send_to_feed(one, greeting, greeting_size, 0);
    for (int at = 0; at < size && !one->feed->is_closed; at += FEED_CHUNK)
        if (!stream_parse(one, first + at, size - at < FEED_CHUNK ? size - at : FEED_CHUNK))
            stream_end_feed(one, CLOSED_FOR_NONSENSE);
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
}

/* Send a message, which is a whole frame already. */
static void pump_send_to_feed(pump *self, int slot, const uint8_t *bytes, int size)
{
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    if (!one->feed->is_closed)
        stream_send_to_feed(one, bytes, size, 0);
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
}

/* The oldest message that waits, the caller's to free; NULL: none. */
static feed_message *pump_take_message(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    feed *feed = self->streams[slot]->feed;
    feed_message *one = feed->first_message;
    if (one) {
        feed->messages--;
        if (!(feed->first_message = one->next))
            feed->last_message = NULL;
    }
    pthread_mutex_unlock(&self->mutex);
    return one;
}

/* The program says that a key was pressed. */
static void pump_press_for_feed(pump *self, int slot, char digit, uint32_t duration)
{
    int code = event_of_digit(digit);
    if (code < 0)
        return;
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    stream_tell(&self->context, one, DTMF_BEGAN, digit, 0);
    stream_press(&self->context, one, code, duration);
    pump_notify(self);
    pthread_mutex_unlock(&self->mutex);
}

/* Tell when what came before a position was heard. Returns 0 when too many wait. */
static int pump_mark_feed(pump *self, int slot, uint64_t position, int64_t number)
{
    pthread_mutex_lock(&self->mutex);
    feed *feed = self->streams[slot]->feed;
    int room = feed->marks_count < FEED_MARKS;
    if (room)
        feed->marks[feed->marks_count++] = (feed_mark){position, number};
    pthread_mutex_unlock(&self->mutex);
    return room;
}

/* Tell once when nothing waits. */
static void pump_tell_drained(pump *self, int slot)
{
    pthread_mutex_lock(&self->mutex);
    self->streams[slot]->feed->tells_drained = 1;
    pthread_mutex_unlock(&self->mutex);
}

/* Drop what came before a position and was not heard, and the marks in it. */
static void pump_flush_feed(pump *self, int slot, uint64_t position)
{
    pthread_mutex_lock(&self->mutex);
    feed *feed = self->streams[slot]->feed;
    int dropped = 0;
    if (position > feed->taken)
        feed->taken = position < feed->put ? position : feed->put;
    while (dropped < feed->marks_count && feed->marks[dropped].position <= position)
        dropped++;
    feed->marks_count -= dropped;
    memmove(feed->marks, feed->marks + dropped, (size_t)feed->marks_count * sizeof *feed->marks);
    feed->is_paused = 0;
    pthread_mutex_unlock(&self->mutex);
}

static void pump_pause_feed(pump *self, int slot, int paused)
{
    pthread_mutex_lock(&self->mutex);
    self->streams[slot]->feed->is_paused = paused;
    pthread_mutex_unlock(&self->mutex);
}

/* Which ways audio goes: to the program, and from it. */
static void pump_direct_feed(pump *self, int slot, int sends, int receives)
{
    pthread_mutex_lock(&self->mutex);
    self->streams[slot]->plan.sends = sends;
    self->streams[slot]->plan.receives = receives;
    pthread_mutex_unlock(&self->mutex);
}

/* How many samples came, and how many of them were heard, or dropped. */
static void pump_measure_feed(pump *self, int slot, uint64_t *put, uint64_t *taken)
{
    pthread_mutex_lock(&self->mutex);
    *put = self->streams[slot]->feed->put;
    *taken = self->streams[slot]->feed->taken;
    pthread_mutex_unlock(&self->mutex);
}

#endif

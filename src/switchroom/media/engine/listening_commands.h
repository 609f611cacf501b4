/* Commands about listening in, as those of commands.h. */
#ifndef SWITCHROOM_LISTENING_COMMANDS_H
#define SWITCHROOM_LISTENING_COMMANDS_H

#include "pump.h"

/* Let one listen in on another; how of 0 ends it. */
static void pump_spy(pump *self, int slot, int target, int how)
{
    pthread_mutex_lock(&self->mutex);
    if (how)
        stream_spy(self->streams[slot], self->streams[target], how);
    else
        stream_stop_spying(self->streams[slot]);
    pthread_mutex_unlock(&self->mutex);
}

/* Returns -1 without memory. */
static int pump_add_tap(pump *self, int slot, int64_t number, int only_connected)
{
    tap *made = calloc(1, sizeof *made);
    if (!made)
        return -1;
    made->number = number;
    made->only_connected = only_connected;
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    made->next = one->taps;
    one->taps = made;
    pthread_mutex_unlock(&self->mutex);
    return 0;
}

static void pump_pause_tap(pump *self, int slot, int64_t number, int paused)
{
    pthread_mutex_lock(&self->mutex);
    tap *found = stream_tap(self->streams[slot], number);
    if (found)
        found->paused = paused;
    pthread_mutex_unlock(&self->mutex);
}

static void pump_mute_tap(pump *self, int slot, int64_t number, int said, int heard)
{
    pthread_mutex_lock(&self->mutex);
    tap *found = stream_tap(self->streams[slot], number);
    if (found) {
        found->mutes_said = said;
        found->mutes_heard = heard;
    }
    pthread_mutex_unlock(&self->mutex);
}

/* How many pairs wait, and how many were lost, which is then forgotten. */
static int pump_tapped(pump *self, int slot, int64_t number, uint32_t *lost)
{
    int count = 0;
    pthread_mutex_lock(&self->mutex);
    tap *found = stream_tap(self->streams[slot], number);
    if (found) {
        count = (int)(found->head - found->tail);
        *lost = found->lost;
        found->lost = 0;
    }
    pthread_mutex_unlock(&self->mutex);
    return count;
}

static int pump_drain_tap(pump *self, int slot, int64_t number, int16_t *said, int16_t *heard,
                          int room)
{
    int count = 0;
    pthread_mutex_lock(&self->mutex);
    tap *found = stream_tap(self->streams[slot], number);
    if (found)
        count = tap_take(found, said, heard, room);
    pthread_mutex_unlock(&self->mutex);
    return count;
}

static void pump_remove_tap(pump *self, int slot, int64_t number)
{
    pthread_mutex_lock(&self->mutex);
    stream_remove_tap(self->streams[slot], number);
    pthread_mutex_unlock(&self->mutex);
}

#endif

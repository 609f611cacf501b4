/* Commands about tones that somebody waits for, as those of commands.h. */
#ifndef SWITCHROOM_TONE_WATCH_COMMANDS_H
#define SWITCHROOM_TONE_WATCH_COMMANDS_H

#include "pump.h"

/* Returns -1 without memory. */
static int pump_watch_tone(pump *self, int slot, const tone_watch *wanted)
{
    tone_watch *made = malloc(sizeof *made);
    if (!made)
        return -1;
    *made = *wanted;
    pthread_mutex_lock(&self->mutex);
    stream *one = self->streams[slot];
    made->next = one->tone_watches;
    one->tone_watches = made;
    pthread_mutex_unlock(&self->mutex);
    return 0;
}

static void pump_unwatch_tone(pump *self, int slot, int64_t number)
{
    pthread_mutex_lock(&self->mutex);
    stream_remove_tone_watch(self->streams[slot], number);
    pthread_mutex_unlock(&self->mutex);
}

#endif
